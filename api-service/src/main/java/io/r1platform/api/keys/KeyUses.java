package io.r1platform.api.keys;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * When each key was last used. Uses gather in memory, one entry a key, and are written in one
 * statement per interval; a crash forgets the last interval, which nothing depends on.
 */
@Component
class KeyUses implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(KeyUses.class);

  private final JdbcClient jdbc;
  private final Clock clock;
  private final KeySettings settings;
  private final Map<Long, Instant> fresh = new ConcurrentHashMap<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("key-uses").daemon().factory());
  private volatile @Nullable ScheduledFuture<?> flushing;

  KeyUses(JdbcClient jdbc, Clock clock, KeySettings settings) {
    this.jdbc = jdbc;
    this.clock = clock;
    this.settings = settings;
  }

  void mark(long keyId) {
    fresh.put(keyId, clock.instant());
  }

  /** Writes what has gathered; what cannot be written waits for the next time. */
  void flush() {
    Map<Long, Instant> batch = Map.copyOf(fresh);
    if (batch.isEmpty()) {
      return;
    }
    Long[] ids = batch.keySet().stream().sorted().toArray(Long[]::new);
    Timestamp[] times =
        Arrays.stream(ids)
            .map(id -> Timestamp.from(batch.getOrDefault(id, Instant.EPOCH)))
            .toArray(Timestamp[]::new);
    jdbc.sql(
            """
            insert into api_key_use as used (api_key_id, last_used_at)
            select id, at from unnest(?::bigint[], ?::timestamptz[]) as fresh (id, at)
            on conflict (api_key_id) do update set last_used_at = excluded.last_used_at
            where used.last_used_at < excluded.last_used_at""")
        .param(ids)
        .param(times)
        .update();
    batch.forEach(fresh::remove);
  }

  Map<Long, Instant> lastUsed(Collection<Long> keyIds) {
    return jdbc
        .sql("select api_key_id, last_used_at from api_key_use where api_key_id = any(?)")
        .param(keyIds.toArray(Long[]::new))
        .query(
            (row, number) ->
                Map.entry(row.getLong("api_key_id"), row.getTimestamp("last_used_at").toInstant()))
        .list()
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  @Override
  public void start() {
    long interval = settings.useFlushInterval().toMillis();
    flushing =
        timer.scheduleWithFixedDelay(this::flushOrLog, interval, interval, TimeUnit.MILLISECONDS);
  }

  @Override
  public void stop() {
    flushing = null;
    timer.shutdown();
    flushOrLog();
  }

  @Override
  public boolean isRunning() {
    return flushing != null;
  }

  private void flushOrLog() {
    try {
      flush();
    } catch (DataAccessException e) {
      log.warn("last use of {} keys not written, trying again", fresh.size(), e);
    }
  }
}
