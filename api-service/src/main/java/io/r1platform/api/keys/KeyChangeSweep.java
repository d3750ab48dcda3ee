package io.r1platform.api.keys;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Removes changes of keys that every replica has dealt with long ago. The newest one stays: by it
 * {@link KeyChanges} sees that it has missed none.
 */
@Component
final class KeyChangeSweep {
  private static final Logger log = LoggerFactory.getLogger(KeyChangeSweep.class);
  private static final int AT_ONCE = 1_000;

  private final JdbcClient database;
  private final KeySettings settings;
  private final Clock clock;

  KeyChangeSweep(JdbcClient database, KeySettings settings, Clock clock) {
    this.database = database;
    this.settings = settings;
    this.clock = clock;
  }

  /** Removes them, some at a time. */
  @Scheduled(fixedDelayString = "1h", initialDelayString = "10m")
  void sweep() {
    Instant before = clock.instant().minus(settings.keepChangesFor());
    try {
      while (removeSome(before) == AT_ONCE) {
        log.debug("more changes of keys are old");
      }
    } catch (DataAccessException e) {
      log.warn("old changes of API keys could not be removed: {}", e.toString());
    }
  }

  private int removeSome(Instant before) {
    return database
        .sql("select forget_key_changes(?, ?)")
        .params(before.atOffset(ZoneOffset.UTC), AT_ONCE)
        .query(Integer.class)
        .single();
  }
}
