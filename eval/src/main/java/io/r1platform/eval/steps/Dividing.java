package io.r1platform.eval.steps;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Parity, divisibility, primes below 200, and weekdays: what a remainder decides. */
public final class Dividing {
  private static final List<Integer> PRIMES = List.of(2, 3, 5, 7, 11, 13, 17);
  private static final List<String> DAYS =
      List.of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday");
  private static final List<String> KOREAN_DAYS =
      List.of("월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일");

  private Dividing() {}

  /** The weekdays from Monday. */
  public static List<String> days(boolean korean) {
    return korean ? KOREAN_DAYS : DAYS;
  }

  /** Even or odd, by the last digit. */
  public static Worked parity(int number, boolean korean) {
    boolean odd = number % 2 == 1;
    String word = korean ? (odd ? "홀수" : "짝수") : odd ? "odd" : "even";
    return new Worked(
        List.of(Integer.toString(number), number % 10 + ": " + word),
        korean ? number + ": " + word + "입니다." : number + " is " + word + ".");
  }

  /** Whether one divides the other: the last rest decides. */
  public static Worked divisible(int number, int divisor, boolean korean) {
    var steps = new ArrayList<>(List.of(number + " / " + divisor));
    steps.addAll(Columns.longDivision(number, divisor));
    steps.add(Integer.toString(number % divisor));
    boolean divides = number % divisor == 0;
    String english =
        (divides ? "Yes, %d is divisible by %d." : "No, %d is not divisible by %d.")
            .formatted(number, divisor);
    return new Worked(steps, korean ? (divides ? "네, 나누어떨어집니다." : "아니요, 나누어떨어지지 않습니다.") : english);
  }

  /** Whether a number below 361 is prime: the primes up to its root are tried. */
  public static Worked prime(int number, boolean korean) {
    var steps = new ArrayList<>(List.of(Integer.toString(number)));
    boolean found = number > 1;
    if (number < 2) {
      steps.add(number + "<2");
    }
    for (int prime : number > 1 ? PRIMES : List.<Integer>of()) {
      if (prime * prime > number) {
        String stop = korean ? "끝" : "stop";
        steps.add("%d*%d=%d>%d, %s".formatted(prime, prime, prime * prime, number, stop));
        break;
      }
      boolean divides = number % prime == 0;
      String word = korean ? (divides ? "예" : "아니요") : divides ? "yes" : "no";
      steps.add(prime + ": " + division(number, prime) + ", " + word);
      if (divides) {
        found = false;
        break;
      }
    }
    String english = (found ? "Yes, %d is prime." : "No, %d is not prime.").formatted(number);
    return new Worked(steps, korean ? (found ? "네, 소수입니다." : "아니요, 소수가 아닙니다.") : english);
  }

  /** On one line; of three digits the first two begin, by 2 and 5 the last digit is enough. */
  private static String division(int number, int prime) {
    int last = number % 10;
    if (prime == 2 || prime == 5) {
      return "%d=%d*%d+%d".formatted(last, prime, last / prime, last % prime);
    }
    List<String> lines = Columns.longDivision(number, prime);
    return String.join(" ", number >= 100 ? lines.subList(1, lines.size()) : lines);
  }

  /**
   * The weekday so many days after or before one: whole weeks are divided off, the rest is walked.
   *
   * @param day from Monday, 0
   */
  public static Worked weekday(boolean after, int day, int count, boolean korean) {
    List<String> days = days(korean);
    var steps = new ArrayList<>(List.of(days.get(day) + (after ? " + " : " - ") + count));
    if (count > 6) {
      steps.addAll(Columns.longDivision(count, 7));
    }
    int rest = count % 7;
    List<String> walked =
        IntStream.rangeClosed(rest == 0 ? 0 : 1, rest)
            .mapToObj(i -> days.get(Math.floorMod(after ? day + i : day - i, 7)))
            .toList();
    steps.add(rest + ": " + String.join(", ", walked));
    String last = walked.getLast();
    return new Worked(steps, korean ? last + "입니다." : "It is " + last + ".");
  }
}
