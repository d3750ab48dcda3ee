package io.r1platform.eval.sets;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Solves problems from the text of their questions alone, another way than the generators do. */
class WrittenProblemsTests {
  private static final int EACH = 400;
  private static final Pattern NUMBER = Pattern.compile("\\d+");
  private static final Map<Character, Integer> STRENGTH = Map.of('+', 1, '-', 1, '*', 2, '/', 2);

  @ParameterizedTest
  @CsvSource({"1", "2", "3", "4"})
  void formulas(int level) {
    each(
        Family.MIXED,
        level,
        drawn -> {
          String formula = drawn.question().replaceAll("[^0-9+*/()-]", "");
          assertThat(drawn.answer()).isEqualTo(Integer.toString(value(formula)));
          assertThat(formula.replaceAll("[^+*/-]", "")).hasSize(2);
        });
  }

  @ParameterizedTest
  @CsvSource({"1,3", "2,4", "3,5", "4,5"})
  void orders(int level, int count) {
    each(
        Family.ORDERING,
        level,
        drawn -> {
          List<Integer> numbers = numbers(drawn.question());
          assertThat(numbers).hasSize(count).doesNotHaveDuplicates();
          String question = drawn.question();
          String expected;
          if (has(question, "largest of", "the largest:", "가장 큰 수는", "제일 큰")) {
            expected = numbers.stream().max(Comparator.naturalOrder()).orElseThrow().toString();
          } else if (has(question, "smallest of", "the smallest:", "가장 작은 수는", "제일 작은")) {
            expected = numbers.stream().min(Comparator.naturalOrder()).orElseThrow().toString();
          } else {
            boolean down = has(question, "descending", "from largest", "큰 순서", "큰 수부터");
            assertThat(down || has(question, "ascending", "from smallest", "작은 순서", "작은 수부터"))
                .isTrue();
            expected =
                numbers.stream()
                    .sorted(down ? Comparator.reverseOrder() : Comparator.naturalOrder())
                    .map(String::valueOf)
                    .collect(Collectors.joining(", "));
          }
          assertThat(drawn.answer()).as(question).isEqualTo(expected);
        });
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "3", "4"})
  void stories(int level) {
    Set<String> met = new HashSet<>();
    each(
        Family.STORIES,
        level,
        drawn -> {
          Map.Entry<String, ToIntFunction<List<Integer>>> story =
              STORIES.entrySet().stream()
                  .filter(one -> drawn.question().matches(".*(?:" + one.getKey() + ").*"))
                  .findFirst()
                  .orElseThrow(() -> new AssertionError("unknown: " + drawn.question()));
          met.add(story.getKey());
          int expected = story.getValue().applyAsInt(numbers(drawn.question()));
          assertThat(drawn.answer()).as(drawn.question()).isEqualTo(Integer.toString(expected));
          assertThat(expected).isNotNegative();
        });
    assertThat(met).hasSizeGreaterThanOrEqualTo(level < 3 ? 5 : 10);
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "3", "4"})
  void whoHasMost(int level) {
    each(
        Family.LOGIC,
        level,
        drawn -> {
          boolean truth = has(drawn.question(), "True or false", "거짓");
          assertThat(drawn.answer())
              .as(drawn.question())
              .isEqualTo(truth ? truthOf(drawn.question()) : last(drawn.question()));
        });
  }

  private static void each(Family family, int level, Consumer<Drawn> check) {
    for (boolean korean : List.of(false, true)) {
      var draws = new Draws("a".repeat(64), family + " " + level + korean);
      for (int i = 0; i < EACH; i++) {
        Drawn drawn = family.draw(draws, level, korean);
        assertThat(drawn.question()).doesNotContain("{", "}", "null");
        assertThat(drawn.question().matches(".*[가-힣].*")).isEqualTo(korean);
        check.accept(drawn);
      }
    }
  }

  /** By words that only this story has; the numbers as they come in the question. */
  private static final Map<String, ToIntFunction<List<Integer>>> STORIES = new LinkedHashMap<>();

  static {
    STORIES.put("left over|개가 남습니까", n -> n.get(0) - n.get(1) * (n.get(0) / n.get(1)));
    STORIES.put("They share them|equally among|똑같이 나누어 줍니다", WrittenProblemsTests::shared);
    STORIES.put("are packed|똑같이 나누어 담습니다", WrittenProblemsTests::shared);
    STORIES.put("children each|어린이", n -> n.get(0) * n.get(1) + n.get(0) * n.get(2));
    STORIES.put("each and eats|봉지.*먹었|상자.*먹었|씩 든.*먹었", n -> n.get(0) * n.get(1) - n.get(2));
    STORIES.put("each and \\d+ more|씩 있고", n -> n.get(0) * n.get(1) + n.get(2));
    STORIES.put("loses|잃어버리고", n -> n.get(0) - n.get(1) + n.get(2));
    STORIES.put("buys \\d+ more and gives|더 사고", n -> n.get(0) + n.get(1) - n.get(2));
    STORIES.put("with \\d+|costs|씩 들어 있|씩 든|하나는", n -> n.get(0) * n.get(1));
    STORIES.put(
        "are left|more does|남았습니까|더 많습니까", n -> Math.abs(n.get(0) - n.get(1))); // never below 0
    STORIES.put("have|buys|개를 더 샀|주었습니다|두 사람은", n -> n.get(0) + n.get(1));
  }

  private static int shared(List<Integer> n) {
    return n.size() == 2 ? exact(n.get(0), n.get(1)) : exact(n.get(0) + n.get(1), n.get(2));
  }

  private static int exact(int all, int among) {
    assertThat(all % among).isZero();
    return all / among;
  }

  /** Walks up or down from anybody, along what was said. */
  private static String last(String question) {
    Map<String, String> above = new HashMap<>();
    Pattern english = Pattern.compile("(\\w+) is (\\w+) than (\\w+)\\.");
    Pattern korean = Pattern.compile("([가-힣]{2})[은는] ([가-힣]{2})보다 ([^.]*)\\.");
    Matcher said =
        question.contains(" than ") ? english.matcher(question) : korean.matcher(question);
    boolean isKorean = !question.contains(" than ");
    Set<String> less =
        Set.of(
            "shorter",
            "younger",
            "slower",
            "lighter",
            "poorer",
            "키가 작습니다",
            "나이가 적습니다",
            "느립니다",
            "가볍습니다");
    while (said.find()) {
      String first = said.group(1);
      String second = said.group(isKorean ? 2 : 3);
      boolean turned = less.contains(said.group(isKorean ? 3 : 2));
      above.put(turned ? first : second, turned ? second : first);
    }
    boolean most =
        !has(
            question,
            "shortest",
            "youngest",
            "slowest",
            "lightest",
            "poorest",
            "가장 키가 작은",
            "가장 나이가 적은",
            "가장 느린",
            "가장 가벼운");
    Map<String, String> below = new HashMap<>();
    above.forEach((low, high) -> below.put(high, low));
    Map<String, String> way = most ? above : below;
    String at = way.keySet().iterator().next();
    while (way.containsKey(at)) {
      at = way.get(at);
    }
    return at;
  }

  /** By "and" before "or"; by the generator from the left. */
  private static String truthOf(String question) {
    boolean any =
        Stream.of(question.split(" or (?!false)| 또는 (?!거짓)"))
            .anyMatch(part -> clauses(part).stream().allMatch(Boolean::booleanValue));
    boolean korean = question.contains("거짓");
    return korean ? (any ? "참" : "거짓") : Boolean.toString(any);
  }

  private static List<Boolean> clauses(String text) {
    Matcher clause = Pattern.compile("(\\d+) ([<>=]) (\\d+)").matcher(text);
    var all = new ArrayList<Boolean>();
    while (clause.find()) {
      int difference = Integer.parseInt(clause.group(1)) - Integer.parseInt(clause.group(3));
      all.add("<=>".indexOf(clause.group(2)) - 1 == Integer.signum(difference));
    }
    assertThat(all).isNotEmpty();
    return all;
  }

  /** With two stacks, as Dijkstra did. */
  private static int value(String formula) {
    Deque<Integer> values = new ArrayDeque<>();
    Deque<Character> signs = new ArrayDeque<>();
    Matcher token = Pattern.compile("\\d+|[-+*/()]").matcher(formula);
    while (token.find()) {
      String text = token.group();
      char sign = text.charAt(0);
      if (Character.isDigit(sign)) {
        values.push(Integer.parseInt(text));
      } else if (sign == '(') {
        signs.push(sign);
      } else if (sign == ')') {
        while (signs.element() != '(') {
          apply(values, signs.pop());
        }
        signs.pop();
      } else {
        while (!signs.isEmpty()
            && STRENGTH.getOrDefault(signs.element(), 0) >= STRENGTH.getOrDefault(sign, 0)) {
          apply(values, signs.pop());
        }
        signs.push(sign);
      }
    }
    while (!signs.isEmpty()) {
      apply(values, signs.pop());
    }
    return values.pop();
  }

  private static void apply(Deque<Integer> values, char sign) {
    int right = values.pop();
    int left = values.pop();
    values.push(
        switch (sign) {
          case '+' -> left + right;
          case '-' -> left - right;
          case '*' -> left * right;
          default -> exact(left, right);
        });
  }

  private static List<Integer> numbers(String text) {
    return NUMBER.matcher(text).results().map(found -> Integer.parseInt(found.group())).toList();
  }

  private static boolean has(String text, String... parts) {
    return Stream.of(parts).anyMatch(text::contains);
  }
}
