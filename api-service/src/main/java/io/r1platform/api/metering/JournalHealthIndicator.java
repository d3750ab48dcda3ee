package io.r1platform.api.metering;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Ready only while the journal can be written. */
@Component
final class JournalHealthIndicator implements HealthIndicator {
  private final Journal journal;

  JournalHealthIndicator(Journal journal) {
    this.journal = journal;
  }

  @Override
  public Health health() {
    return journal.isServing() ? Health.up().build() : Health.outOfService().build();
  }
}
