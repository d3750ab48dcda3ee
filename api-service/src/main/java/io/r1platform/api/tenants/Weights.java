package io.r1platform.api.tenants;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;

/** How much of a contended engine an organization may get. */
final class Weights {
  private static final int MAX = 100;

  private Weights() {}

  static short checked(int weight) {
    if (weight < 1 || weight > MAX) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE, "weight", "A weight is 1 to %d.".formatted(MAX));
    }
    return (short) weight;
  }
}
