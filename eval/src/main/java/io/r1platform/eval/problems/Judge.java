package io.r1platform.eval.problems;

import io.r1platform.eval.answers.Answers;
import io.r1platform.eval.answers.Verdict;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Judges answers by the rule of their problem's kind. Not for several threads at once. */
public final class Judge {
  private static final Pattern NUMBER = Pattern.compile("-?\\d+(?:\\.\\d+)?");
  private static final Pattern TIE = Pattern.compile("(?iu).*\\b(?:tie|equal|같습니다)\\b.*");

  private final Answers answers;

  /** With that way of comparing. */
  public Judge(Answers answers) {
    this.answers = answers;
  }

  /** What {@code text}, the answer without its reasoning, is worth. */
  public Judgement judge(Problem problem, String text) {
    return switch (problem.kind()) {
      case MATH -> mathematics(problem, text);
      case CHOICE -> choice(problem, text);
      case EXACT -> exact(problem, text);
      case PAIR -> better(problem, text);
    };
  }

  /** Whether two votes are for the same answer. */
  public boolean sameVote(Problem problem, String first, String second) {
    if (first.equals(second)) {
      return true;
    }
    return switch (problem.kind()) {
      case MATH -> answers.compare(first, second) == Verdict.EQUAL;
      case EXACT -> Answers.sameText(first, second);
      case CHOICE, PAIR -> false;
    };
  }

  private Judgement mathematics(Problem problem, String text) {
    String found = Answers.find(text);
    if (found == null) {
      return Judgement.NONE;
    }
    Verdict verdict = answers.compare(problem.expected(), found);
    String number = lastNumber(found);
    if (verdict == Verdict.DIFFERENT && isNumber(problem.expected()) && number != null) {
      boolean sentence = found.chars().filter(Character::isLetter).count() > 2;
      if (sentence && !found.contains("\\")) { // "There are 3." for 3
        found = number;
        verdict = answers.compare(problem.expected(), number);
      }
    }
    return new Judgement(verdict == Verdict.EQUAL, verdict == Verdict.UNDECIDED, found, Double.NaN);
  }

  private static boolean isNumber(String text) {
    return NUMBER.matcher(text.strip()).matches();
  }

  private static @Nullable String lastNumber(String text) {
    Matcher matcher = NUMBER.matcher(text);
    String last = null;
    while (matcher.find()) {
      last = matcher.group();
    }
    return last;
  }

  private static Judgement choice(Problem problem, String text) {
    List<String> choices = problem.alternatives();
    int chosen = Answers.choice(text, choices);
    if (chosen < 0) {
      return Judgement.NONE;
    }
    String vote = choices.get(chosen);
    return new Judgement(vote.equals(problem.expected()), false, vote, Double.NaN);
  }

  private static Judgement exact(Problem problem, String text) {
    String found = Answers.find(text);
    for (String accepted : problem.alternatives()) {
      boolean same =
          Answers.sameText(accepted, text) || (found != null && Answers.sameText(accepted, found));
      if (same) {
        return new Judgement(true, false, problem.expected(), Double.NaN);
      }
    }
    return found == null ? Judgement.NONE : new Judgement(false, false, found, Double.NaN);
  }

  /** A tie is told by a word for it; what names neither or both items is not read. */
  private static Judgement better(Problem problem, String text) {
    int chosen = Answers.choice(text, problem.alternatives());
    if (chosen < 0) {
      return TIE.matcher(text).matches() ? new Judgement(true, false, "tie", 0.5) : Judgement.NONE;
    }
    return new Judgement(true, false, chosen == 0 ? "A" : "B", 1.0 - chosen);
  }
}
