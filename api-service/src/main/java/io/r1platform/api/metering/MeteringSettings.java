package io.r1platform.api.metering;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How this replica keeps its journal.
 *
 * @param replicaId who writes; one living process per id
 * @param maxOpen most requests between ADMIT and durable FINAL
 * @param flushEvery shortest time between two commits
 * @param flushRows most rows in one commit
 * @param stalledAfter how long a commit may hang before new requests are refused at once
 * @param silence how long a peer may be silent before it is fenced
 * @param shipEvery longest time that a FINAL waits to be shipped
 * @param shipRows most FINALs in one batch
 * @param shipRetry pause after a failed shipment
 */
@ConfigurationProperties("r1.api.metering")
record MeteringSettings(
    @DefaultValue("1") long replicaId,
    @DefaultValue("10000") int maxOpen,
    @DefaultValue("2ms") Duration flushEvery,
    @DefaultValue("256") int flushRows,
    @DefaultValue("2s") Duration stalledAfter,
    @DefaultValue("15s") Duration silence,
    @DefaultValue("50ms") Duration shipEvery,
    @DefaultValue("5000") int shipRows,
    @DefaultValue("1s") Duration shipRetry) {

  MeteringSettings {
    if (replicaId < 1 || maxOpen < 1 || flushRows < 1 || shipRows < 1 || shipRows > 5_000) {
      throw new IllegalArgumentException("r1.api.metering: a number is out of range");
    }
  }
}
