package io.r1platform.api.holds;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Up while a request could be admitted, with what is wrong on the way to billing. */
@Component
final class HoldsHealthIndicator implements HealthIndicator {
  private final Holds holds;

  HoldsHealthIndicator(Holds holds) {
    this.holds = holds;
  }

  @Override
  public Health health() {
    Health.Builder health = holds.isServing() ? Health.up() : Health.outOfService();
    String trouble = holds.trouble();
    if (!trouble.isEmpty()) {
      health.withDetail("trouble", trouble);
    }
    return health.withDetail("open_holds", holds.openHolds()).build();
  }
}
