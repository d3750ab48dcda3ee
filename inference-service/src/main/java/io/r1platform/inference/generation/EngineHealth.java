package io.r1platform.inference.generation;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Part of liveness: whether the polling thread turns. */
@Component("engineHealthIndicator")
final class EngineHealth implements HealthIndicator {
  private final Generations generations;

  EngineHealth(Generations generations) {
    this.generations = generations;
  }

  @Override
  public Health health() {
    return generations.alive()
        ? Health.up().build()
        : Health.down().withDetail("why", "the engine thread stands still or is dead").build();
  }
}
