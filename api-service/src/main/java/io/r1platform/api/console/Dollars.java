package io.r1platform.api.console;

import java.math.BigDecimal;
import java.math.BigInteger;

/** Sums of pico-dollars as the console reads them. */
final class Dollars {
  private Dollars() {}

  /** Decimal dollars without exponent or trailing zeros: {@code "0.00330722"}. */
  static String of(BigInteger pico) {
    return new BigDecimal(pico, 12).stripTrailingZeros().toPlainString();
  }
}
