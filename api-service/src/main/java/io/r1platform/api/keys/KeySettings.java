package io.r1platform.api.keys;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings {@code r1.api.keys.*}.
 *
 * @param cacheSize keys held in memory at most
 * @param pollInterval how often the change sequence is read, when no notification comes first
 * @param confirmationLimit a replica that has not read the sequence for this long refuses
 * @param lookupTimeout longest wait for the database when a key is not in memory
 * @param lookups look-ups in the database at the same time, at most
 * @param useFlushInterval how often the last uses are written
 * @param keepChangesFor how long changes that replicas have followed are kept, a day or more
 */
@ConfigurationProperties("r1.api.keys")
record KeySettings(
    @DefaultValue("100000") int cacheSize,
    @DefaultValue("250ms") Duration pollInterval,
    @DefaultValue("1s") Duration confirmationLimit,
    @DefaultValue("1s") Duration lookupTimeout,
    @DefaultValue("4") int lookups,
    @DefaultValue("10s") Duration useFlushInterval,
    @DefaultValue("7d") Duration keepChangesFor) {
  KeySettings {
    if (cacheSize < 1 || lookups < 1) {
      throw new IllegalArgumentException("r1.api.keys: sizes start at 1");
    }
    if (keepChangesFor.compareTo(Duration.ofDays(1)) < 0) {
      throw new IllegalArgumentException("r1.api.keys.keep-changes-for is a day or more");
    }
    if (pollInterval.compareTo(confirmationLimit) >= 0) {
      throw new IllegalArgumentException(
          "r1.api.keys.poll-interval must be below confirmation-limit, else every key is refused");
    }
    if (lookupTimeout.isZero() || lookupTimeout.compareTo(Duration.ofSeconds(1)) > 0) {
      throw new IllegalArgumentException(
          "r1.api.keys.lookup-timeout is above 0 and at most 1 s: a look-up that is under way when"
              + " a key is revoked must end within the second");
    }
  }
}
