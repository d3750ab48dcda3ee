package io.r1platform.eval.sets;

import io.r1platform.eval.steps.Columns;
import io.r1platform.eval.steps.Comparing;
import io.r1platform.eval.steps.Dividing;
import io.r1platform.eval.steps.Reading;
import io.r1platform.eval.steps.Worked;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The families of r1-nano that can be generated here, with the levels of {@code
 * models/r1-nano/train}. The words are its own, too; the draws are not.
 */
enum Family {
  /** To 2, 3, 4 and 5 digits. */
  ADDITION {
    @Override
    Drawn draw(Draws draws, int level, boolean korean) {
      return Arithmetic.sum(draws, level, korean, '+');
    }
  },
  /** To 2, 3, 4 and 5 digits; the result may be negative. */
  SUBTRACTION {
    @Override
    Drawn draw(Draws draws, int level, boolean korean) {
      return Arithmetic.sum(draws, level, korean, '-');
    }
  },
  /** 2 by 1 digits, 3 by 1, 2 by 2, 3 by 2. */
  MULTIPLICATION {
    @Override
    Drawn draw(Draws draws, int level, boolean korean) {
      int[][] digits = {{2, 1}, {3, 1}, {2, 2}, {3, 2}};
      int a = draws.digits(digits[level - 1][0]);
      int b = draws.digits(digits[level - 1][1]);
      return Arithmetic.asked(draws, korean, '*', a, b, Integer.toString(a * b));
    }
  },
  /** 2 by 1 digits without and with remainder, 3 by 1, 4 by 1. */
  DIVISION {
    @Override
    Drawn draw(Draws draws, int level, boolean korean) {
      int b = draws.between(2, 9);
      int a = draws.digits(Math.max(2, level));
      a = level == 1 ? a - a % b : a;
      String rest = a % b == 0 ? "" : (korean ? " 나머지 " : " remainder ") + a % b;
      return Arithmetic.asked(draws, korean, '/', a, b, a / b + rest);
    }
  },
  /** Which of two decimals is larger, with up to as many places as the level. */
  DECIMALS {
    @Override
    Drawn draw(Draws draws, int level, boolean korean) {
      return Words.decimals(draws, level, korean);
    }
  },
  /** How often a letter is in an invented word of about 4, 7, 10 and 14 letters. */
  LETTERS {
    @Override
    Drawn draw(Draws draws, int level, boolean korean) {
      return Words.letters(draws, level, korean);
    }
  },
  /** Weekdays some days after or before: within 6 at level 1, above it within 99. */
  DATES {
    @Override
    Drawn draw(Draws draws, int level, boolean korean) {
      return Words.dates(draws, level, korean);
    }
  },
  /** Even or odd, divisible by a digit, prime below 100, prime below 200. */
  INTEGERS {
    @Override
    Drawn draw(Draws draws, int level, boolean korean) {
      return Words.integers(draws, level, korean);
    }
  },
  /** Two operations: + and - to two digits, with products of one and two digits, quotients. */
  MIXED {
    @Override
    Drawn draw(Draws draws, int level, boolean korean) {
      return Mixed.draw(draws, level, korean);
    }
  },
  /** 3, 4 and 5 numbers in order, or the largest or smallest of them; three digits at level 4. */
  ORDERING {
    @Override
    Drawn draw(Draws draws, int level, boolean korean) {
      return Ordering.draw(draws, level, korean);
    }
  },
  /** Word problems of one operation, to 20 and 100, and mostly of two, to 100 and 1000. */
  STORIES {
    @Override
    Drawn draw(Draws draws, int level, boolean korean) {
      return Stories.draw(draws, level, korean);
    }
  },
  /** Who is tallest of 3, 3, 4 and 5, and the truth of two or three joined comparisons. */
  LOGIC {
    @Override
    Drawn draw(Draws draws, int level, boolean korean) {
      return Logic.draw(draws, level, korean);
    }
  };

  /** A problem; it may be one that training has seen. */
  abstract Drawn draw(Draws draws, int level, boolean korean);

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Family of(String word) {
    return Arrays.stream(values())
        .filter(family -> family.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no family '"
                        + word
                        + "'; there are "
                        + Arrays.stream(values())
                            .map(Family::word)
                            .collect(Collectors.joining(", "))));
  }

  /** Sums, differences, products and quotients. */
  private static final class Arithmetic {
    static Drawn sum(Draws draws, int level, boolean korean, char operator) {
      int most = level + 1;
      int a = draws.digits(most);
      int b = draws.digits(draws.chance(75) ? most : draws.between(1, most));
      boolean turned = draws.chance(50);
      int first = turned ? b : a;
      int second = turned ? a : b;
      int value = operator == '+' ? first + second : first - second;
      return asked(draws, korean, operator, first, second, Integer.toString(value));
    }

    static Drawn asked(Draws draws, boolean korean, char operator, int a, int b, String answer) {
      String question = Wordings.formula(draws, korean, a + " " + operator + " " + b);
      String key = new Formula.Step(operator, a, b).key();
      boolean words = answer.contains(" ");
      Worked worked = Columns.work(operator, a, b, korean);
      return new Drawn(words ? "exact" : "math", question, answer, List.of(), key, worked);
    }
  }

  /** Problems that are more than one formula. */
  static final class Words {
    private static final List<String> CONSONANTS =
        List.of("b", "c", "d", "f", "g", "l", "m", "n", "p", "r", "s", "t", "ll", "rr", "ss", "st");
    private static final List<String> VOWELS = List.of("a", "e", "i", "o", "u", "ee", "oo", "ai");

    static Drawn decimals(Draws draws, int level, boolean korean) {
      String whole = Integer.toString(draws.digits(level >= 3 ? draws.between(1, 2) : 1));
      String a = whole + "." + places(draws, level);
      String b = whole;
      while (new BigDecimal(a).compareTo(new BigDecimal(b)) == 0 || b.equals(whole)) {
        b = whole + "." + places(draws, draws.between(1, level));
      }
      boolean turned = draws.chance(50);
      String first = turned ? b : a;
      String second = turned ? a : b;
      boolean larger = new BigDecimal(a).compareTo(new BigDecimal(b)) > 0;
      String question =
          korean
              ? "%s, %s 중 더 큰 수는?".formatted(first, second)
              : "Which is larger, %s or %s?".formatted(first, second);
      return new Drawn(
          "choice",
          question,
          larger ? a : b,
          List.of(first, second),
          keyOfDecimals(a, b),
          Comparing.larger(first, second, korean));
    }

    /** The same for both orders; the order is that of the texts. */
    static String keyOfDecimals(String a, String b) {
      return "decimals " + (a.compareTo(b) < 0 ? a + " " + b : b + " " + a);
    }

    private static String places(Draws draws, int count) {
      var text = new StringBuilder();
      for (int i = 0; i < count; i++) {
        text.append(draws.between(0, 9));
      }
      return text.toString();
    }

    static Drawn letters(Draws draws, int level, boolean korean) {
      int[] lengths = {4, 7, 10, 14};
      var word = new StringBuilder();
      while (word.length() < lengths[level - 1]) {
        word.append(draws.of(CONSONANTS)).append(draws.of(VOWELS));
      }
      char letter = word.charAt(draws.between(0, word.length() - 1));
      long count = word.chars().filter(character -> character == letter).count();
      String question =
          korean
              ? "단어 %s에 글자 %s가 몇 개 있나요?".formatted(word, letter)
              : "How many %s's are in %s?".formatted(letter, word);
      String key = keyOfLetters(letter, word.toString());
      Worked worked = Reading.letters(letter, word.toString(), korean);
      return new Drawn("math", question, Long.toString(count), List.of(), key, worked);
    }

    static String keyOfLetters(char letter, String word) {
      return "letters " + letter + " " + word;
    }

    static Drawn dates(Draws draws, int level, boolean korean) {
      boolean after = draws.chance(60);
      int day = draws.between(0, 6);
      int count = level == 1 ? draws.between(2, 6) : draws.between(7, 99);
      int asked = Math.floorMod(after ? day + count : day - count, 7);
      List<String> names = Dividing.days(korean);
      String question =
          korean
              ? "%s에서 %d일 %s 무슨 요일입니까?".formatted(names.get(day), count, after ? "후는" : "전은")
              : "What day is %d days %s %s?"
                  .formatted(count, after ? "after" : "before", names.get(day));
      String key = keyOfDates(after, day, count);
      Worked worked = Dividing.weekday(after, day, count, korean);
      return new Drawn("choice", question, names.get(asked), names, key, worked);
    }

    /** The weekday is counted from Monday, 0. */
    static String keyOfDates(boolean after, int day, int count) {
      return "dates " + (after ? "after " : "before ") + day + " " + count;
    }

    static Drawn integers(Draws draws, int level, boolean korean) {
      if (level == 1) {
        int number = draws.digits(draws.between(1, 4));
        List<String> words = korean ? List.of("짝수", "홀수") : List.of("even", "odd");
        String question = korean ? number + ": 짝수 또는 홀수?" : "Is " + number + " even or odd?";
        String key = keyOfParity(number);
        Worked worked = Dividing.parity(number, korean);
        return new Drawn("choice", question, words.get(number % 2), words, key, worked);
      }
      var words = korean ? List.of("네", "아니요") : List.of("Yes", "No");
      if (level == 2) {
        int divisor = draws.between(2, 9);
        int number = draws.digits(draws.between(2, 3));
        number = draws.chance(45) ? number - number % divisor : number;
        String question =
            korean
                ? "%d, %d로 나누어떨어집니까?".formatted(number, divisor)
                : "Is %d divisible by %d?".formatted(number, divisor);
        String key = keyOfDivisible(number, divisor);
        String answer = words.get(number % divisor == 0 ? 0 : 1);
        Worked worked = Dividing.divisible(number, divisor, korean);
        return new Drawn("choice", question, answer, words, key, worked);
      }
      int number = level == 3 ? draws.between(0, 99) : draws.between(100, 199);
      String question = korean ? number + ", 소수입니까?" : "Is " + number + " prime?";
      String answer = words.get(isPrime(number) ? 0 : 1);
      Worked worked = Dividing.prime(number, korean);
      return new Drawn("choice", question, answer, words, keyOfPrime(number), worked);
    }

    /** The same whether even or odd is asked for, or which of them. */
    static String keyOfParity(int number) {
      return "integers parity " + number;
    }

    static String keyOfDivisible(int number, int divisor) {
      return "integers divisible " + number + " " + divisor;
    }

    static String keyOfPrime(int number) {
      return "integers prime " + number;
    }

    private static boolean isPrime(int number) {
      var divisors = new ArrayList<Integer>();
      for (int i = 2; i * i <= number; i++) {
        if (number % i == 0) {
          divisors.add(i);
        }
      }
      return number > 1 && divisors.isEmpty();
    }
  }
}
