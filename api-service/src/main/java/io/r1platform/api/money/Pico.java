package io.r1platform.api.money;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.regex.Pattern;

/**
 * An amount in 10⁻¹² of a currency's major unit, zero to 9.2 million dollars. Arithmetic that
 * leaves the range throws {@link ArithmeticException}.
 *
 * @param value the pico-units, not negative
 */
public record Pico(long value) {
  /** No money. */
  public static final Pico ZERO = new Pico(0);

  private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,7}([.][0-9]{1,12})?");
  private static final int FRACTION_DIGITS = 12;
  private static final long ONE = 1_000_000_000_000L;

  public Pico {
    if (value < 0) {
      throw new IllegalArgumentException("negative amount: " + value);
    }
  }

  /**
   * Reads a decimal in major units: digits, at most 12 of them after a point. {@link
   * IllegalArgumentException} for anything else.
   */
  public static Pico ofDecimal(String text) {
    if (!DECIMAL.matcher(text).matches()) {
      throw new IllegalArgumentException("not an amount of money");
    }
    int point = text.indexOf('.');
    String whole = point < 0 ? text : text.substring(0, point);
    String fraction = point < 0 ? "" : text.substring(point + 1);
    long digits = Long.parseLong(fraction + "0".repeat(12 - fraction.length()));
    return new Pico(Math.addExact(Math.multiplyExact(Long.parseLong(whole), ONE), digits));
  }

  /** The sum of both. */
  public Pico plus(Pico other) {
    return new Pico(Math.addExact(value, other.value));
  }

  /** This unit price for {@code count} pieces, which is not negative. */
  public Pico times(long count) {
    return new Pico(Math.multiplyExact(value, count));
  }

  /** A sum that may exceed one amount, as {@link #decimal()}; below 0 with a minus. */
  public static String decimal(BigInteger pico) {
    BigDecimal exact = new BigDecimal(pico, FRACTION_DIGITS);
    return exact.signum() == 0 ? "0" : exact.stripTrailingZeros().toPlainString();
  }

  /** As a decimal in major units: no exponent, at most 12 fraction digits, no trailing zeros. */
  public String decimal() {
    String whole = Long.toString(value / ONE);
    long fraction = value % ONE;
    if (fraction == 0) {
      return whole;
    }
    String digits = Long.toString(ONE + fraction).substring(1);
    int end = digits.length();
    while (digits.charAt(end - 1) == '0') {
      end--;
    }
    return whole + "." + digits.substring(0, end);
  }
}
