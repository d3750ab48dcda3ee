package io.r1platform.api.relay;

import io.r1platform.api.prices.Prices;
import io.r1platform.api.upstreams.Catalogue;
import io.r1platform.api.upstreams.ServedModel;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Ready once a served model has a card and a price. Both are kept when their service goes away
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

  /** One model that lacks something does not take the others from their callers. */
  @Override
  public Health health() {
    Health.Builder health = Health.outOfService();
    List<ServedModel> served = catalogue.served();
    boolean anyRuns = served.isEmpty();
    for (ServedModel model : served) {
      String lack = lack(model);
      if (lack == null) {
        anyRuns = true;
      } else {
        health.withDetail(model.name(), lack);
      }
    }
    return (anyRuns ? health.up() : health).build();
  }

  private @Nullable String lack(ServedModel model) {
    if (catalogue.card(model).isEmpty()) {
      return "the engine has not described it yet";
    }
    return prices.at(model.id(), clock.instant()).isEmpty() ? "billing has no price for it" : null;
  }
}
