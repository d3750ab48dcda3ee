package io.r1platform.api.metering;

import java.security.SecureRandom;

/** 16 random bytes that keep other tenants from guessing a record from its hash. */
record Salt(long high, long low) {
  private static final SecureRandom RANDOM = new SecureRandom();

  static Salt random() {
    return new Salt(RANDOM.nextLong(), RANDOM.nextLong());
  }
}
