package io.r1platform.billing.retention;

import io.r1platform.billing.BillingFixture;

/** Lets tests of other packages start what a schedule starts. */
public final class RetentionAccess {
  private RetentionAccess() {}

  /** Retires what is old now; returns how many days could not be. */
  public static long retire(BillingFixture billing) {
    return billing.bean(Retention.class).retire();
  }
}
