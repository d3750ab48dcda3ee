package io.r1platform.eval.problems;

import io.r1platform.eval.answers.Answers;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Problems with the template of another one and other numbers. A line may bring its template,
 * {@code {"text": "What is {a} + {b}?", "answer": "a + b", "ranges": {"a": [10, 99], "b": [10,
 * 99]}}}. Without one, a question with exactly two whole numbers is a template if its answer is
 * exactly one of their sum, difference, product or quotient.
 */
final class Siblings {
  private static final Pattern WHOLE = Pattern.compile("(?<![\\d.,])\\d{1,18}(?![\\d.,]\\d|\\d)");
  private static final Pattern SLOT = Pattern.compile("\\{([a-z])}");
  private static final int TRIES = 200;

  private Siblings() {}

  static List<Problem> of(
      Problem parent, String question, JsonNode template, int count, long seed) {
    var random = new Random(seed * 31 + parent.id().hashCode());
    Maker maker =
        template.isObject() ? declared(template, random) : derived(parent, question, random);
    var siblings = new ArrayList<Problem>();
    for (int i = 0; maker != null && i < TRIES * count && siblings.size() < count; i++) {
      Made made = maker.make();
      boolean fresh =
          made != null
              && !made.question.equals(question)
              && siblings.stream().noneMatch(other -> other.prompt().contains(made.question));
      if (made != null && fresh) {
        siblings.add(sibling(parent, question, made, siblings.size() + 1));
      }
    }
    return siblings;
  }

  private record Made(String question, String answer) {}

  private interface Maker {
    /** Null if the numbers that were drawn do not fit. */
    @Nullable Made make();
  }

  private static Problem sibling(Problem parent, String question, Made made, int number) {
    return new Problem(
        parent.id() + "~" + number,
        Kind.MATH,
        parent.prompt().replace(question, made.question),
        made.answer,
        List.of(),
        parent.family(),
        parent.level(),
        parent.language(),
        parent.id(),
        null);
  }

  private static Maker declared(JsonNode template, Random random) {
    String text = ProblemFile.text(template, "text", "");
    String answer = ProblemFile.text(template, "answer", "");
    var ranges = new TreeMap<String, long[]>();
    template
        .path("ranges")
        .properties()
        .forEach(
            range -> {
              long low = range.getValue().path(0).asLong();
              long high = range.getValue().path(1).asLong();
              if (high < low) {
                throw new IllegalArgumentException("template.ranges: [low, high]");
              }
              ranges.put(range.getKey(), new long[] {low, high});
            });
    if (text.isBlank() || answer.isBlank() || ranges.isEmpty()) {
      throw new IllegalArgumentException("a template needs text, answer and ranges");
    }
    return () -> {
      var values = new TreeMap<String, Long>();
      ranges.forEach((name, range) -> values.put(name, random.nextLong(range[0], range[1] + 1)));
      String formula = bracketed(answer, values);
      return new Made(fill(text, values), Answers.number(formula).orElse(formula));
    };
  }

  private static String fill(String text, Map<String, Long> values) {
    return SLOT.matcher(text).replaceAll(slot -> valueOf(slot, values).toString());
  }

  /** The answer as a formula of numbers. */
  private static String bracketed(String formula, Map<String, Long> values) {
    return Pattern.compile("(?<![a-zA-Z\\\\])[a-z](?![a-zA-Z])")
        .matcher(formula)
        .replaceAll(
            letter -> {
              Long value = values.get(letter.group());
              return value == null ? letter.group() : "(" + value + ")";
            });
  }

  private static Long valueOf(MatchResult slot, Map<String, Long> values) {
    Long value = values.get(slot.group(1));
    if (value == null) {
      throw new IllegalArgumentException("template.ranges has no " + slot.group(1));
    }
    return value;
  }

  private static @Nullable Maker derived(Problem parent, String question, Random random) {
    List<MatchResult> numbers = WHOLE.matcher(question).results().toList();
    if (numbers.size() != 2 || parent.kind() != Kind.MATH) {
      return null;
    }
    String first = numbers.get(0).group();
    String second = numbers.get(1).group();
    var fitting = new ArrayList<Character>();
    for (char operator : new char[] {'+', '-', '*', '/'}) {
      String value = value(operator, first, second);
      if (parent.expected().strip().equals(value)) {
        fitting.add(operator);
      }
    }
    if (fitting.size() != 1) {
      return null;
    }
    char operator = fitting.getFirst();
    boolean negative = parent.expected().strip().startsWith("-");
    return () -> {
      String a = drawn(first.length(), random);
      String b = drawn(second.length(), random);
      if (operator == '/') {
        BigInteger divisor = new BigInteger(b);
        if (divisor.signum() == 0) {
          return null;
        }
        a = new BigInteger(a).divide(divisor).multiply(divisor).toString();
      }
      String answer = value(operator, a, b);
      if (answer == null || a.length() != first.length() || answer.startsWith("-") != negative) {
        return null;
      }
      String made =
          question.substring(0, numbers.get(0).start())
              + a
              + question.substring(numbers.get(0).end(), numbers.get(1).start())
              + b
              + question.substring(numbers.get(1).end());
      return new Made(made, answer);
    };
  }

  private static @Nullable String value(char operator, String first, String second) {
    var a = new BigInteger(first);
    var b = new BigInteger(second);
    return switch (operator) {
      case '+' -> a.add(b).toString();
      case '-' -> a.subtract(b).toString();
      case '*' -> a.multiply(b).toString();
      default -> b.signum() != 0 && a.mod(b).signum() == 0 ? a.divide(b).toString() : null;
    };
  }

  private static String drawn(int digits, Random random) {
    var text = new StringBuilder();
    for (int i = 0; i < digits; i++) {
      int least = i == 0 && digits > 1 ? 1 : 0;
      text.append(random.nextInt(least, 10));
    }
    return text.toString();
  }
}
