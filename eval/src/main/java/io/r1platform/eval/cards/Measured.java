package io.r1platform.eval.cards;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.r1platform.eval.problems.Judge;
import io.r1platform.eval.problems.Problem;
import io.r1platform.eval.problems.ProblemSet;
import io.r1platform.eval.runs.Journal;
import io.r1platform.eval.runs.Sample;
import io.r1platform.eval.statistics.Interval;
import io.r1platform.eval.steps.Worked;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One family as it was measured.
 *
 * @param name {@link Bar#word()}
 * @param commitment of its set, as it was before the run
 * @param answers that are there, one a problem
 * @param distinct different questions among them: of primes and weekdays there are few
 * @param accuracy right ones, with Wilson's interval, as {@code english} and {@code korean}
 * @param bar the least share that must be right, or null
 * @param met whether {@code accuracy} reaches it; null without a bar
 * @param koreanMet whether something in Korean is right, at most two points below English
 * @param checked right answers whose steps were executed again
 * @param valid those of them in which every step is right
 * @param steps their share, with Wilson's interval
 * @param stepsMet whether it reaches 98 %
 * @param formed outputs that closed their reasoning, answered and ended by themselves
 * @param medianTokens of an output, reasoning included
 * @param cost exact
 * @param faulty the first right answers with a wrong step, and what is wrong
 * @param above whether the interval lies above that of the card compared with; null without one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Measured(
    String name,
    String commitment,
    int answers,
    int distinct,
    Interval accuracy,
    Interval english,
    Interval korean,
    @Nullable Double bar,
    @Nullable Boolean met,
    boolean koreanMet,
    int checked,
    int valid,
    Interval steps,
    boolean stepsMet,
    int formed,
    long medianTokens,
    BigDecimal cost,
    String currency,
    List<Faulty> faulty,
    @Nullable Boolean above) {
  private static final int FAULTY_SHOWN = 5;

  /** A right answer with a wrong step. */
  public record Faulty(String problem, List<String> faults) {
    /** Takes copies. */
    public Faulty {
      faults = List.copyOf(faults);
    }
  }

  /** Takes copies. */
  public Measured {
    faulty = List.copyOf(faulty);
  }

  /** An answer and whether it is right. */
  private record Marked(Problem problem, Sample sample, boolean right) {}

  /**
   * What the answers of a run are worth.
   *
   * @param worked how each problem is worked out, by its id
   * @param most right answers, drawn at random, whose steps are executed again
   */
  public static Measured of(
      Bar bar,
      String commitment,
      ProblemSet set,
      Map<String, Worked> worked,
      Journal.Contents contents,
      Judge judge,
      int most) {
    Map<String, Problem> problems = set.byId();
    List<Marked> all =
        contents.samples().stream()
            .map(
                sample -> {
                  Problem problem = Objects.requireNonNull(problems.get(sample.problem()));
                  boolean right = judge.judge(problem, sample.answer()).right();
                  return new Marked(problem, sample, right);
                })
            .toList();
    Interval accuracy = accuracy(all);
    List<Marked> english = in("en", all);
    List<Marked> korean = in("ko", all);
    var right = new ArrayList<>(all.stream().filter(Marked::right).toList());
    Collections.shuffle(right, new Random(1));
    List<Marked> drawn = right.subList(0, Math.min(most, right.size()));
    List<Faulty> faulty =
        drawn.stream()
            .map(marked -> faulty(marked, worked))
            .filter(each -> !each.faults.isEmpty())
            .toList();
    int valid = drawn.size() - faulty.size();
    Interval steps = Interval.wilson(valid, drawn.size());
    long[] tokens =
        all.stream().mapToLong(marked -> marked.sample.completionTokens()).sorted().toArray();
    Double least = bar.least();
    return new Measured(
        bar.word(),
        commitment,
        all.size(),
        (int) all.stream().map(marked -> marked.problem.prompt()).distinct().count(),
        accuracy,
        accuracy(english),
        accuracy(korean),
        least,
        least == null ? null : accuracy.value() >= least,
        isNear(korean, english),
        drawn.size(),
        valid,
        steps,
        !drawn.isEmpty() && steps.value() >= Bars.VALID,
        (int) all.stream().filter(marked -> isFormed(marked.sample)).count(),
        tokens.length == 0 ? 0 : tokens[tokens.length / 2],
        contents.cost(),
        all.stream().map(marked -> marked.sample.currency()).findFirst().orElse(""),
        faulty.stream().limit(FAULTY_SHOWN).toList(),
        null);
  }

  /** The same beside an earlier card's family; without a mark where that has no such family. */
  public Measured comparedWith(Bars other) {
    Boolean found =
        other.families().stream()
            .filter(family -> family.name.equals(name))
            .map(family -> accuracy.low() > family.accuracy.high())
            .findFirst()
            .orElse(null);
    return new Measured(
        name,
        commitment,
        answers,
        distinct,
        accuracy,
        english,
        korean,
        bar,
        met,
        koreanMet,
        checked,
        valid,
        steps,
        stepsMet,
        formed,
        medianTokens,
        cost,
        currency,
        faulty,
        found);
  }

  private static List<Marked> in(String language, List<Marked> all) {
    return all.stream().filter(marked -> marked.problem.language().equals(language)).toList();
  }

  private static Interval accuracy(List<Marked> part) {
    return Interval.wilson((double) right(part), part.size());
  }

  private static long right(List<Marked> part) {
    return part.stream().filter(Marked::right).count();
  }

  /** In whole numbers, so that exactly {@link Bars#POINTS_BELOW} points are near. */
  private static boolean isNear(List<Marked> korean, List<Marked> english) {
    long share = right(korean) * english.size();
    long other = right(english) * korean.size();
    long whole = (long) korean.size() * english.size();
    return share > 0 && 100 * (other - share) <= Bars.POINTS_BELOW * whole;
  }

  private static Faulty faulty(Marked marked, Map<String, Worked> worked) {
    Worked known = Objects.requireNonNull(worked.get(marked.problem.id()));
    String reasoning = Objects.requireNonNullElse(marked.sample.reasoning(), "");
    return new Faulty(marked.problem.id(), known.faults(reasoning, marked.sample.answer()));
  }

  /** The platform shows the text before the first {@code </think>} as reasoning, no tags. */
  private static boolean isFormed(Sample sample) {
    String reasoning = Objects.requireNonNullElse(sample.reasoning(), "");
    return sample.error() == null
        && sample.finish().equalsIgnoreCase("stop")
        && !reasoning.isBlank()
        && !sample.answer().isBlank();
  }
}
