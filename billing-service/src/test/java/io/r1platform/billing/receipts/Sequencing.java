package io.r1platform.billing.receipts;

import io.r1platform.billing.BillingFixture;

/** Lets tests of other packages continue the log without waiting for its second. */
public final class Sequencing {
  private Sequencing() {}

  /** Gives all that waits its place. */
  public static void sequence(BillingFixture billing) {
    billing.bean(Sequencer.class).sequence();
  }
}
