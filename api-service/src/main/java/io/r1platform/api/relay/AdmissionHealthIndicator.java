package io.r1platform.api.relay;

import io.r1platform.api.prices.Prices;
import io.r1platform.api.upstreams.Catalogue;
import io.r1platform.api.upstreams.ServedModel;
import java.time.Clock;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Ready once every served model has a card and a price. Both are kept when their service goes away
 * again, so only a first start waits.
 */
@Component
final class AdmissionHealthIndicator implements HealthIndicator {
  private final Catalogue catalogue;
  private final Prices prices;
  private final Clock clock;

  AdmissionHealthIndicator(Catalogue catalogue, Prices prices, Clock clock) {
    this.catalogue = catalogue;
    this.prices = prices;
    this.clock = clock;
  }

  @Override
  public Health health() {
    for (ServedModel model : catalogue.served()) {
      if (catalogue.card(model).isEmpty()) {
        return waiting(model, "the engine has not described it yet");
      }
      if (prices.at(model.id(), clock.instant()).isEmpty()) {
        return waiting(model, "billing has no price for it");
      }
    }
    return Health.up().build();
  }

  private static Health waiting(ServedModel model, String why) {
    return Health.outOfService().withDetail(model.name(), why).build();
  }
}
