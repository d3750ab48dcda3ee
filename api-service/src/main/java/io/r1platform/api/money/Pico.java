package io.r1platform.api.money;

/**
 * An amount in 10⁻¹² of a currency's major unit, zero to 9.2 million dollars. Arithmetic that
 * leaves the range throws {@link ArithmeticException}.
 *
 * @param value the pico-units, not negative
 */
public record Pico(long value) {
  /** No money. */
  public static final Pico ZERO = new Pico(0);

  private static final long ONE = 1_000_000_000_000L;

  public Pico {
    if (value < 0) {
      throw new IllegalArgumentException("negative amount: " + value);
    }
  }

  /** The sum of both. */
  public Pico plus(Pico other) {
    return new Pico(Math.addExact(value, other.value));
  }

  /** This unit price for {@code count} pieces, which is not negative. */
  public Pico times(long count) {
    return new Pico(Math.multiplyExact(value, count));
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
