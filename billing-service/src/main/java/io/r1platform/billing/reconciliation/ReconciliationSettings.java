package io.r1platform.billing.reconciliation;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How billing compares by itself.
 *
 * @param lawTimeout how long one statement of the conservation law may take; less than the database
 *     connection's own patience
 */
@ConfigurationProperties("r1.billing.reconciliation")
record ReconciliationSettings(@DefaultValue("9m") Duration lawTimeout) {
  private static final Duration LONGEST = Duration.ofMinutes(9);

  ReconciliationSettings {
    if (!lawTimeout.isPositive() || lawTimeout.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "r1.billing.reconciliation.law-timeout is more than 0 and at most 9m");
    }
  }
}
