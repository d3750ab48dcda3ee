package io.r1platform.eval.sets;

import io.r1platform.eval.steps.Comparing;
import io.r1platform.eval.steps.Worked;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Whole numbers put in order, or the largest or smallest of them. */
final class Ordering {
  private static final List<Kind> WEIGHTED =
      List.of(
          Kind.UP,
          Kind.UP,
          Kind.UP,
          Kind.UP,
          Kind.DOWN,
          Kind.DOWN,
          Kind.LARGEST,
          Kind.LARGEST,
          Kind.SMALLEST,
          Kind.SMALLEST);

  private static final int CLOSE = 12;

  private enum Kind {
    UP(
        "Sort {n} in ascending order.",
        "Order {n} from smallest to largest.",
        "{n}를 작은 순서대로 나열하세요.",
        "{n}를 작은 수부터 정렬하세요."),
    DOWN(
        "Sort {n} in descending order.",
        "Order {n} from largest to smallest.",
        "{n}를 큰 순서대로 나열하세요.",
        "{n}를 큰 수부터 정렬하세요."),
    LARGEST(
        "Which is the largest: {n}?",
        "What is the largest of {n}?",
        "{n} 중 가장 큰 수는?",
        "{n} 중에서 제일 큰 수는 무엇입니까?"),
    SMALLEST(
        "Which is the smallest: {n}?",
        "What is the smallest of {n}?",
        "{n} 중 가장 작은 수는?",
        "{n} 중에서 제일 작은 수는 무엇입니까?");

    private final String english;
    private final String otherEnglish;
    private final String korean;
    private final String otherKorean;

    Kind(String english, String otherEnglish, String korean, String otherKorean) {
      this.english = english;
      this.otherEnglish = otherEnglish;
      this.korean = korean;
      this.otherKorean = otherKorean;
    }

    List<String> wordings(boolean inKorean) {
      return inKorean ? List.of(korean, otherKorean) : List.of(english, otherEnglish);
    }
  }

  private Ordering() {}

  /** 3 to 5 numbers of up to two digits, at level 4 up to three. */
  static Drawn draw(Draws draws, int level, boolean korean) {
    int count = Math.min(level + 2, 5);
    int top = level == 4 ? 1_000 : 100;
    int start = draws.chance(30) ? draws.between(1, top - CLOSE - 1) : 0;
    IntStream range = start == 0 ? IntStream.range(1, top) : IntStream.range(start, start + CLOSE);
    List<Integer> numbers = draws.sample(range.boxed().toList(), count);
    Kind kind = draws.of(WEIGHTED);
    String wording = draws.of(kind.wordings(korean));
    String question = Wordings.fill(wording, Map.of("n", joined(numbers, ", ")));
    List<Integer> up = numbers.stream().sorted().toList();
    String key = key(numbers);
    return switch (kind) {
      case UP -> sorted(question, up, " < ", key, Comparing.sorted(numbers, false));
      case DOWN -> sorted(question, up.reversed(), " > ", key, Comparing.sorted(numbers, true));
      case LARGEST -> one(question, up.getLast(), numbers, key, Comparing.extreme(numbers, true));
      case SMALLEST ->
          one(question, up.getFirst(), numbers, key, Comparing.extreme(numbers, false));
    };
  }

  /** The canonical form of any question about these numbers. */
  static String key(List<Integer> numbers) {
    return "ordering " + joined(numbers.stream().sorted(Comparator.naturalOrder()).toList(), " ");
  }

  private static Drawn sorted(
      String question, List<Integer> order, String sign, String key, Worked worked) {
    String listed = joined(order, ", ");
    List<String> others =
        List.of(joined(order, ","), joined(order, " "), joined(order, sign), "[" + listed + "]");
    return new Drawn("exact", question, listed, others, key, worked);
  }

  private static Drawn one(
      String question, int answer, List<Integer> numbers, String key, Worked worked) {
    List<String> choices = numbers.stream().map(String::valueOf).toList();
    return new Drawn("choice", question, Integer.toString(answer), choices, key, worked);
  }

  private static String joined(List<Integer> numbers, String between) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(between));
  }
}
