package io.r1platform.api.relay;

import io.r1platform.api.prices.Prices;
import io.r1platform.api.upstreams.Catalogue;
import io.r1platform.api.upstreams.ServedModel;
import java.time.Clock;
import java.util.List;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Ready once a served model has a card and prices are known; for good then, since what is read and
 * administered needs neither, and a request that cannot run is told so. That a model has no price
 * keeps nobody out: prices are published by way of this service.
 */
@Component
final class AdmissionHealthIndicator implements HealthIndicator {
  private final Catalogue catalogue;
  private final Prices prices;
  private final Clock clock;
  private volatile boolean wasReady;

  AdmissionHealthIndicator(Catalogue catalogue, Prices prices, Clock clock) {
    this.catalogue = catalogue;
    this.prices = prices;
    this.clock = clock;
  }

  @Override
  public Health health() {
    Health.Builder health = Health.outOfService();
    boolean known = prices.areKnown();
    List<ServedModel> served = catalogue.served();
    wasReady |= served.isEmpty();
    for (ServedModel model : served) {
      boolean described = catalogue.card(model).isPresent();
      wasReady |= described && known;
      if (!described) {
        health.withDetail(model.name(), "the engine has not described it yet");
      } else if (prices.at(model.id(), clock.instant()).isEmpty()) {
        health.withDetail(model.name(), "billing has no price for it");
      }
    }
    return (wasReady ? health.up() : health).build();
  }
}
