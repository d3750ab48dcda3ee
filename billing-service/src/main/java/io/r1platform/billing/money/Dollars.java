package io.r1platform.billing.money;

import java.math.BigDecimal;
import java.math.BigInteger;

/** How amounts are written in JSON and CSV: plain decimal dollars, exact, no trailing zeros. */
public final class Dollars {
  private static final int PICO_DIGITS = 12;
  private static final int PICO_DIGITS_PER_MILLION = 6;

  private Dollars() {}

  /** Pico-dollars as dollars, for instance {@code 28_530_000} as {@code "0.00002853"}. */
  public static String of(BigInteger pico) {
    return plain(new BigDecimal(pico, PICO_DIGITS));
  }

  /** Pico-dollars as dollars. */
  public static String of(long pico) {
    return of(BigInteger.valueOf(pico));
  }

  /** A price per token in pico-dollars as dollars per million tokens, as lists print it. */
  public static String perMillion(long unitPico) {
    return plain(new BigDecimal(BigInteger.valueOf(unitPico), PICO_DIGITS_PER_MILLION));
  }

  private static String plain(BigDecimal dollars) {
    return dollars.signum() == 0 ? "0" : dollars.stripTrailingZeros().toPlainString();
  }
}
