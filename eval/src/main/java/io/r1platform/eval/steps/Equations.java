package io.r1platform.eval.steps;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Equations and comparisons of whole numbers, wherever they stand in a line. */
final class Equations {
  private static final String SUM = "(-?[0-9]+(?:[-+*][0-9]+)*)";
  private static final Pattern EQUATION = unicode("(?<![\\w.])" + SUM + "=" + SUM + "(?![\\w.])");
  private static final Pattern COMPARISON = unicode("(?<![\\w.*])([0-9]+)([<>])([0-9]+)(?![\\w.])");
  private static final Pattern JUDGED =
      Pattern.compile("([0-9]+) ([<>=]) ([0-9]+): (true|false|참|거짓)");
  private static final Pattern TERM = Pattern.compile("[-+]?[^-+]+");
  private static final Set<String> TRUE = Set.of("true", "참");

  private Equations() {}

  private static Pattern unicode(String pattern) {
    return Pattern.compile(pattern, Pattern.UNICODE_CHARACTER_CLASS);
  }

  /** Those of a line that are not true. */
  static List<String> faults(String line) {
    var faults = new ArrayList<String>();
    Matcher equation = EQUATION.matcher(line);
    while (equation.find()) {
      if (!value(equation.group(1)).equals(value(equation.group(2)))) {
        faults.add(equation.group());
      }
    }
    Matcher comparison = COMPARISON.matcher(line);
    while (comparison.find()) {
      if (!holds(comparison)) {
        faults.add(comparison.group());
      }
    }
    Matcher judged = JUDGED.matcher(line);
    if (judged.matches() && holds(judged) != TRUE.contains(judged.group(4))) {
      faults.add(line);
    }
    return faults;
  }

  private static boolean holds(Matcher comparison) {
    int order = new BigInteger(comparison.group(1)).compareTo(new BigInteger(comparison.group(3)));
    return switch (comparison.group(2)) {
      case "<" -> order < 0;
      case ">" -> order > 0;
      default -> order == 0;
    };
  }

  /** A sum of products of whole numbers, the first one perhaps negative. */
  private static BigInteger value(String text) {
    BigInteger total = BigInteger.ZERO;
    Matcher term = TERM.matcher(text);
    while (term.find()) {
      BigInteger product = BigInteger.ONE;
      for (String factor : term.group().split("\\*", -1)) {
        product = product.multiply(new BigInteger(factor));
      }
      total = total.add(product);
    }
    return total;
  }
}
