package io.r1platform.inference.receipts;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Part of readiness: down once a successor has taken over. */
@Component("receiptsHealthIndicator")
final class ReceiptsHealth implements HealthIndicator {
  private final Receipts receipts;

  ReceiptsHealth(Receipts receipts) {
    this.receipts = receipts;
  }

  @Override
  public Health health() {
    return receipts.fenced()
        ? Health.down().withDetail("why", "a process of the same name has taken over").build()
        : Health.up().build();
  }
}
