package io.r1platform.eval.steps;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * {@code + - * /} digit by digit: the operands restated and their digits written apart, units
 * first, one line per digit, the digits collected, the result. A division begins at the left. A
 * check takes another way: a sum the other way round, a difference added back, a product by its
 * digit sums, a quotient multiplied back.
 */
public final class Columns {
  private Columns() {}

  /** Lines, and the digits of the result, units first. */
  private record Rows(List<String> lines, String digits) {}

  /**
   * One operation worked out.
   *
   * @param operator one of {@code + - * /}
   * @param a not negative
   * @param b likewise; of a division not 0
   */
  public static Worked work(char operator, int a, int b, boolean korean) {
    return switch (operator) {
      case '+' -> add(a, b, korean);
      case '-' -> subtract(a, b, korean);
      case '*' -> multiply(a, b, korean);
      case '/' -> divide(a, b, korean);
      default -> throw new IllegalArgumentException("no operation: " + operator);
    };
  }

  private static Worked add(int a, int b, boolean korean) {
    Rows sum = sum(reversed(a), reversed(b));
    var steps = new ArrayList<>(List.of(a + " + " + b, apart(a), apart(b)));
    steps.addAll(sum.lines);
    steps.add(spaced(sum.digits));
    steps.add(Integer.toString(a + b));
    var check = new ArrayList<>(sum(reversed(b), reversed(a)).lines);
    check.add(apart(a + b));
    return new Worked(steps, again(korean, check), a + " + " + b + " = " + (a + b));
  }

  /** The digits compared, then larger minus smaller. */
  private static Worked subtract(int a, int b, boolean korean) {
    int large = Math.max(a, b);
    int small = Math.min(a, b);
    int width = Integer.toString(large).length();
    var steps = new ArrayList<>(List.of(a + " - " + b));
    steps.addAll(pairs(padded(a, width), padded(b, width), "<, negative"));
    steps.add(apart(large));
    steps.add(apart(small));
    Rows difference = difference(reversed(large), reversed(small));
    steps.addAll(difference.lines);
    steps.add(spaced(difference.digits));
    steps.add(Integer.toString(a - b));
    var check = new ArrayList<>(sum(difference.digits, reversed(small)).lines);
    check.add(apart(large));
    return new Worked(steps, again(korean, check), a + " - " + b + " = " + (a - b));
  }

  /** The longer factor times each digit of the other, from the units; then the rows added. */
  private static Worked multiply(int a, int b, boolean korean) {
    boolean inOrder = Integer.toString(a).length() >= Integer.toString(b).length();
    String longer = reversed(inOrder ? a : b);
    String shorter = reversed(inOrder ? b : a);
    var steps = new ArrayList<>(List.of(a + " * " + b, spaced(longer)));
    String total = "";
    for (int place = 0; place < shorter.length(); place++) {
      Rows product = product(longer, digit(shorter, place));
      String row = "0".repeat(place) + product.digits;
      steps.addAll(product.lines);
      steps.add(spaced(row));
      if (place == 0) {
        total = row;
      } else {
        Rows sum = sum(total, row);
        total = sum.digits;
        steps.addAll(sum.lines);
        steps.add(spaced(total));
      }
    }
    steps.add(Integer.toString(a * b));
    return new Worked(steps, again(korean, roots(a, b)), a + " * " + b + " = " + a * b);
  }

  /** The factors' digit sums multiplied, beside the product's. */
  private static List<String> roots(int a, int b) {
    int product = root(a) * root(b);
    var lines = new ArrayList<>(digitSums(a));
    lines.addAll(digitSums(b));
    lines.add(root(a) + "*" + root(b) + "=" + product);
    if (product > 9) {
      lines.addAll(digitSums(product));
    }
    lines.addAll(digitSums(a * b));
    return lines;
  }

  /** The remainder is named only if there is one. */
  private static Worked divide(int a, int b, boolean korean) {
    String result = a / b + (a % b == 0 ? "" : (korean ? " 나머지 " : " remainder ") + a % b);
    var steps = new ArrayList<>(List.of(a + " / " + b));
    steps.addAll(longDivision(a, b));
    steps.add(spaced(padded(a / b, Integer.toString(a).length())));
    steps.add(result);
    var back = new ArrayList<String>();
    int carry = a % b;
    for (int digit : reversed(a / b).chars().map(digit -> digit - '0').toArray()) {
      back.add(digit + "*" + b + "+" + carry + "=" + (digit * b + carry));
      carry = (digit * b + carry) / 10;
    }
    back.add(Integer.toString(a));
    return new Worked(steps, again(korean, back), a + " / " + b + " = " + result);
  }

  /** One line {@code part=divisor*digit+rest} for each digit from the left. */
  static List<String> longDivision(int a, int b) {
    var lines = new ArrayList<String>();
    int rest = 0;
    for (int digit : Integer.toString(a).chars().map(digit -> digit - '0').toArray()) {
      int part = 10 * rest + digit;
      lines.add(part + "=" + b + "*" + part / b + "+" + part % b);
      rest = part % b;
    }
    return lines;
  }

  /** One line for each pair of characters from the left, up to the first that differ. */
  static List<String> pairs(String first, String second, String last) {
    var lines = new ArrayList<String>();
    for (int i = 0; i < Math.min(first.length(), second.length()); i++) {
      int order = Character.compare(first.charAt(i), second.charAt(i));
      String sign = order == 0 ? "=" : order > 0 ? ">" : last;
      lines.add(first.charAt(i) + " " + second.charAt(i) + " " + sign);
      if (order != 0) {
        break;
      }
    }
    return lines;
  }

  private static Rows sum(String first, String second) {
    var lines = new ArrayList<String>();
    var digits = new StringBuilder();
    int carry = 0;
    for (int i = 0; i < Math.max(first.length(), second.length()); i++) {
      int total = digit(first, i) + digit(second, i) + carry;
      lines.add(digit(first, i) + "+" + digit(second, i) + "+" + carry + "=" + total);
      digits.append(total % 10);
      carry = total / 10;
    }
    return carried(lines, digits, carry);
  }

  private static Rows difference(String first, String second) {
    var lines = new ArrayList<String>();
    var digits = new StringBuilder();
    int borrow = 0;
    for (int i = 0; i < first.length(); i++) {
      int value = digit(first, i) - digit(second, i) - borrow;
      String lent = value < 0 ? ", borrow " + (value + 10) : "";
      lines.add(digit(first, i) + "-" + digit(second, i) + "-" + borrow + "=" + value + lent);
      digits.append(Math.floorMod(value, 10));
      borrow = value < 0 ? 1 : 0;
    }
    return new Rows(lines, digits.toString());
  }

  private static Rows product(String number, int by) {
    var lines = new ArrayList<String>();
    var digits = new StringBuilder();
    int carry = 0;
    for (int i = 0; i < number.length(); i++) {
      int value = digit(number, i) * by + carry;
      lines.add(digit(number, i) + "*" + by + "+" + carry + "=" + value);
      digits.append(value % 10);
      carry = value / 10;
    }
    return carried(lines, digits, carry);
  }

  private static Rows carried(List<String> lines, StringBuilder digits, int carry) {
    if (carry > 0) {
      lines.add("carry " + carry);
      digits.append(carry);
    }
    return new Rows(lines, digits.toString());
  }

  /** Sums of digits until one digit is left. */
  private static List<String> digitSums(int number) {
    var lines = new ArrayList<String>();
    int left = number;
    while (left > 9) {
      String digits = Integer.toString(left);
      left = digits.chars().map(digit -> digit - '0').sum();
      lines.add(joined(digits, "+") + "=" + left);
    }
    if (lines.isEmpty()) {
      lines.add(Integer.toString(number));
    }
    return lines;
  }

  private static int root(int number) {
    return number == 0 ? 0 : 1 + (number - 1) % 9;
  }

  private static List<String> again(boolean korean, List<String> lines) {
    var check = new ArrayList<>(List.of(korean ? "다시 계산합니다." : "Let me recompute."));
    check.addAll(lines);
    check.add(korean ? "같습니다." : "Same.");
    return check;
  }

  private static String reversed(int number) {
    return new StringBuilder(Integer.toString(number)).reverse().toString();
  }

  /** 347 as "7 4 3". */
  private static String apart(int number) {
    return spaced(reversed(number));
  }

  private static String spaced(String digits) {
    return joined(digits, " ");
  }

  private static String joined(String digits, String between) {
    return digits.chars().mapToObj(Character::toString).collect(Collectors.joining(between));
  }

  private static String padded(int number, int width) {
    String text = Integer.toString(number);
    return "0".repeat(width - text.length()) + text;
  }

  /** The digit at a place of reversed digits; 0 beyond them. */
  private static int digit(String digits, int place) {
    return place < digits.length() ? digits.charAt(place) - '0' : 0;
  }
}
