package io.r1platform.eval.cards;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.r1platform.eval.problems.Judge;
import io.r1platform.eval.problems.Judgement;
import io.r1platform.eval.problems.Problem;
import io.r1platform.eval.problems.ProblemSet;
import io.r1platform.eval.runs.Journal;
import io.r1platform.eval.runs.Sample;
import io.r1platform.eval.statistics.Bootstrap;
import io.r1platform.eval.statistics.Interval;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Everything that follows from problems and answers alone: who has both can reckon it again.
 *
 * @param accuracy null where nothing is right or wrong
 * @param groups by family, level and language, where there are at least two of one
 * @param lengths accuracy by length of the reasoning, the shortest first
 * @param ranking null where nothing is ranked
 * @param contamination null where no siblings were asked
 * @param problems one for each problem of the set
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Scores(
    Tokens tokens,
    @Nullable Accuracy accuracy,
    List<Group> groups,
    List<LengthBin> lengths,
    @Nullable Ranked ranking,
    @Nullable Contamination contamination,
    List<ProblemResult> problems) {
  private static final int BINS = 5;
  private static final int VOTES_SHOWN = 5;
  private static final int VOTE_LENGTH = 200;

  /**
   * How much is right.
   *
   * @param problems scored ones, of which at least one answer is there
   * @param samples answers to them
   * @param pass1 the mean over problems of their shares of right answers
   * @param method how its interval was made: {@code wilson} or {@code cluster bootstrap}
   * @param cons the share of problems whose most frequent answer is right
   * @param unread answers without anything that could be read as one
   * @param cut answers that ended at the limit of tokens
   * @param failed requests without an answer
   * @param undecided answers on which the algebra system ran out of time; they count as wrong
   */
  public record Accuracy(
      int problems,
      int samples,
      Interval pass1,
      String method,
      Interval cons,
      int unread,
      int cut,
      int failed,
      int undecided) {}

  /** A part of the set. */
  public record Group(
      String by, String name, int problems, Interval pass1, Interval cons, long medianReasoning) {}

  /**
   * Answers whose reasoning had so many tokens.
   *
   * @param accuracy with Wilson's interval, as if samples of one problem were independent
   */
  public record LengthBin(long from, long to, int samples, Interval accuracy) {}

  /** What became of one problem. */
  public record ProblemResult(
      String id, int samples, int right, boolean majorityRight, List<Judged.Vote> votes) {}

  /** Takes copies. */
  public Scores {
    groups = List.copyOf(groups);
    lengths = List.copyOf(lengths);
    problems = List.copyOf(problems);
  }

  /** Judges all answers. */
  public static Scores of(ProblemSet set, Journal.Contents contents, Judge judge, long seed) {
    Map<String, Problem> known = set.byId();
    Map<String, List<Sample>> byProblem =
        contents.samples().stream()
            .sorted(Comparator.comparingInt(Sample::sample))
            .collect(Collectors.groupingBy(Sample::problem));
    for (String id : byProblem.keySet()) {
      if (!known.containsKey(id)) {
        throw new IllegalArgumentException("an answer is to '" + id + "', which is no problem");
      }
    }
    List<Judged> all =
        set.problems().stream()
            .filter(problem -> byProblem.containsKey(problem.id()))
            .map(
                problem ->
                    Judged.of(problem, byProblem.getOrDefault(problem.id(), List.of()), judge))
            .toList();
    List<Judged> scored = all.stream().filter(each -> each.problem().isScored()).toList();
    return new Scores(
        Tokens.of(contents.samples()),
        scored.isEmpty() ? null : accuracy(scored, seed),
        groups(scored, seed),
        lengths(scored),
        Ranked.of(set.items(), all, seed),
        Contamination.of(all, seed),
        all.stream().map(Scores::result).toList());
  }

  private static Accuracy accuracy(List<Judged> scored, long seed) {
    List<Judgement> judgements =
        scored.stream().flatMap(each -> each.judgements().stream()).toList();
    List<Sample> samples = scored.stream().flatMap(each -> each.samples().stream()).toList();
    boolean single = samples.size() == scored.size();
    return new Accuracy(
        scored.size(),
        samples.size(),
        pass1(scored, seed),
        single ? "wilson" : "cluster bootstrap",
        cons(scored),
        (int)
            judgements.stream().filter(each -> each.vote().isEmpty() && !each.undecided()).count(),
        (int) samples.stream().filter(each -> each.finish().equalsIgnoreCase("length")).count(),
        (int) samples.stream().filter(each -> each.error() != null).count(),
        (int) judgements.stream().filter(Judgement::undecided).count());
  }

  private static Interval pass1(List<Judged> scored, long seed) {
    int samples = scored.stream().mapToInt(each -> each.samples().size()).sum();
    if (samples == scored.size()) {
      return Interval.wilson(scored.stream().mapToInt(Judged::right).sum(), samples);
    }
    return Bootstrap.mean(scored.stream().mapToDouble(Judged::mean).toArray(), seed);
  }

  private static Interval cons(List<Judged> scored) {
    return Interval.wilson(
        (double) scored.stream().filter(Judged::majorityRight).count(), scored.size());
  }

  private static List<Group> groups(List<Judged> scored, long seed) {
    Map<String, Function<Problem, String>> keys = new TreeMap<>();
    keys.put("family", Problem::family);
    keys.put("language", Problem::language);
    keys.put("level", Problem::level);
    keys.put(
        "family, level and language",
        problem ->
            problem.family().isEmpty() || problem.language().isEmpty()
                ? ""
                : problem.family() + " " + problem.level() + " " + problem.language());
    var groups = new ArrayList<Group>();
    keys.forEach(
        (by, key) -> {
          Map<String, List<Judged>> parts =
              scored.stream()
                  .collect(
                      Collectors.groupingBy(
                          each -> key.apply(each.problem()), TreeMap::new, Collectors.toList()));
          if (parts.size() > 1) {
            parts.forEach((name, part) -> groups.add(group(by, name, part, seed)));
          }
        });
    return groups;
  }

  private static Group group(String by, String name, List<Judged> part, long seed) {
    long[] lengths =
        part.stream()
            .flatMap(each -> each.samples().stream())
            .mapToLong(Sample::reasoningTokens)
            .sorted()
            .toArray();
    return new Group(
        by,
        name.isEmpty() ? "(none)" : name,
        part.size(),
        pass1(part, seed),
        cons(part),
        lengths[lengths.length / 2]);
  }

  private static List<LengthBin> lengths(List<Judged> scored) {
    record Point(long tokens, boolean right) {}
    var points = new ArrayList<Point>();
    for (Judged each : scored) {
      for (int i = 0; i < each.samples().size(); i++) {
        if (each.samples().get(i).error() == null) {
          points.add(
              new Point(each.samples().get(i).reasoningTokens(), each.judgements().get(i).right()));
        }
      }
    }
    points.sort(Comparator.comparingLong(Point::tokens));
    var bins = new ArrayList<LengthBin>();
    int from = 0;
    for (int bin = 1; bin <= BINS && from < points.size(); bin++) {
      int to = Math.max(from + 1, points.size() * bin / BINS);
      while (to < points.size() && points.get(to).tokens == points.get(to - 1).tokens) {
        to++; // one length lies in one bin
      }
      List<Point> part = points.subList(from, to);
      long right = part.stream().filter(Point::right).count();
      bins.add(
          new LengthBin(
              part.getFirst().tokens,
              part.getLast().tokens,
              part.size(),
              Interval.wilson((double) right, part.size())));
      from = to;
    }
    return bins;
  }

  private static ProblemResult result(Judged each) {
    List<Judged.Vote> shown =
        each.votes().stream()
            .limit(VOTES_SHOWN)
            .map(
                vote ->
                    new Judged.Vote(
                        vote.answer().substring(0, Math.min(VOTE_LENGTH, vote.answer().length())),
                        vote.count(),
                        vote.right()))
            .toList();
    return new ProblemResult(
        each.problem().id(), each.samples().size(), each.right(), each.majorityRight(), shown);
  }
}
