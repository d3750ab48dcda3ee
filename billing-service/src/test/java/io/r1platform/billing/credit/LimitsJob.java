package io.r1platform.billing.credit;

import io.r1platform.billing.BillingFixture;
import java.time.Duration;

/** The job that moves credit limits, for tests of other packages. */
public final class LimitsJob {
  private final BillingFixture billing;

  public LimitsJob(BillingFixture billing) {
    this.billing = billing;
  }

  public void run() {
    billing.bean(Expiry.class).run();
  }

  /** It looks at all organizations once a day. */
  public void runOnAnotherDay() {
    run(); // whenever it looked last
    billing.clock().advance(Duration.ofDays(1));
    run();
  }
}
