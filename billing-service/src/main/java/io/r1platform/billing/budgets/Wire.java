package io.r1platform.billing.budgets;

import io.r1platform.billing.errors.ServiceException;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** Reads decimal strings; what is not one is the caller's fault. */
final class Wire {
  private static final int MOST_DIGITS = 37;

  private Wire() {}

  static long id(String name, @Nullable String value) {
    if (value == null || !value.matches("[0-9]{1,18}")) {
      throw ServiceException.invalidRequest(name + " must be a decimal number of ours");
    }
    return Long.parseLong(value);
  }

  /** An amount in pico, not negative. */
  static BigInteger pico(String name, @Nullable String value) {
    if (value == null || !value.matches("[0-9]{1," + MOST_DIGITS + "}")) {
      throw ServiceException.invalidRequest(name + " must be a decimal string of pico");
    }
    return new BigInteger(value);
  }
}
