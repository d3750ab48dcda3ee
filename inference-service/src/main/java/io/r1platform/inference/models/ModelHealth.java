package io.r1platform.inference.models;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Part of readiness: whether the model is loaded. */
@Component("modelHealthIndicator")
final class ModelHealth implements HealthIndicator {
  private final Models models;

  ModelHealth(Models models) {
    this.models = models;
  }

  @Override
  public Health health() {
    return switch (models.state()) {
      case Models.Ready ready -> Health.up().withDetail("model", ready.card().name()).build();
      case Models.Loading _ -> Health.outOfService().withDetail("phase", "loading").build();
      case Models.Failed failed -> Health.down().withDetail("why", failed.why()).build();
    };
  }
}
