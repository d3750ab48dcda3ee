package io.r1platform.billing.money;

/**
 * An amount or a unit price in pico-dollars (10⁻¹² of the currency's major unit). One request fits
 * in a {@code long}, which ends at 9.2 million dollars; sums are {@link java.math.BigInteger}.
 *
 * @param value pico-dollars, never negative
 */
public record Pico(long value) {
  /** Nothing. */
  public static final Pico ZERO = new Pico(0);

  /**
   * Checks the amount.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public Pico {
    if (value < 0) {
      throw new IllegalArgumentException("negative amount: " + value);
    }
  }

  /**
   * This unit price for so many tokens.
   *
   * @throws ArithmeticException if the product does not fit
   */
  public Pico times(long tokens) {
    return new Pico(Math.multiplyExact(value, tokens));
  }

  /**
   * The sum.
   *
   * @throws ArithmeticException if it does not fit
   */
  public Pico plus(Pico other) {
    return new Pico(Math.addExact(value, other.value));
  }
}
