package io.r1platform.api.clock;

import io.r1platform.api.database.MeteringDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * PostgreSQL's time, carried on by this machine's monotonic clock: a machine whose own clock is
 * wrong, or is set, charges the same price as its peers. It follows the database within half of the
 * time that a reading takes, at most 2.5 s; if the database's clock is set, it jumps with it. The
 * monotonic clock stands still while a machine sleeps; the machine's own clock tells that.
 */
@Component
public final class DatabaseClock extends Clock {
  private static final Logger log = LoggerFactory.getLogger(DatabaseClock.class);
  private static final Duration FRESH = Duration.ofSeconds(15);
  private static final Duration LONGEST_READING = Duration.ofSeconds(5);

  private static final int MOST_READINGS = 3;

  private final JdbcClient database;
  private final LongSupplier nanos;
  private final LongSupplier ownMillis;
  private volatile @Nullable Reading last;

  /** The database's time when the monotonic clock and the machine's own stood there. */
  private record Reading(Instant time, long nanos, long ownMillis) {}

  /** Reads {@code database} when it is first asked, or told to. */
  @Autowired
  public DatabaseClock(@Qualifier(MeteringDatabase.NAME) DataSource database) {
    this(JdbcClient.create(database), System::nanoTime, System::currentTimeMillis);
  }

  DatabaseClock(JdbcClient database, LongSupplier nanos, LongSupplier ownMillis) {
    this.database = database;
    this.nanos = nanos;
    this.ownMillis = ownMillis;
  }

  /**
   * Reads it now; again, up to three times, if that took long, as when it waits for a connection.
   */
  public void read() {
    boolean counts = false;
    for (int i = 0; i < MOST_READINGS && !counts; i++) {
      counts = readOnce();
    }
  }

  /**
   * Whether the database was read in the last 15 s, by the monotonic clock and by the machine's
   * own. If not, nothing new may be stamped.
   */
  public boolean isFresh() {
    Reading reading = last;
    return reading != null
        && nanos.getAsLong() - reading.nanos <= FRESH.toNanos()
        && Math.abs(ownMillis.getAsLong() - reading.ownMillis) <= FRESH.toMillis();
  }

  @Override
  public Instant instant() {
    Reading reading = last;
    if (reading == null) {
      read();
      reading = last;
    }
    if (reading == null) {
      throw new IllegalStateException("the database's time could not be read");
    }
    return reading.time.plusNanos(nanos.getAsLong() - reading.nanos);
  }

  @Scheduled(fixedDelayString = "5s")
  void readAgain() {
    try {
      read();
    } catch (DataAccessException e) {
      log.warn("the database's time cannot be read: {}", e.toString());
    }
  }

  /** A reading that takes long says little: it is left out. */
  private boolean readOnce() {
    long before = nanos.getAsLong();
    Instant time =
        database
            .sql("select clock_timestamp()")
            .query((row, number) -> row.getObject(1, OffsetDateTime.class).toInstant())
            .single();
    long took = nanos.getAsLong() - before;
    if (took > LONGEST_READING.toNanos()) {
      log.warn("the database's time took {} ms to read", took / 1_000_000);
      return false;
    }
    last = new Reading(time, before + took / 2, ownMillis.getAsLong());
    return true;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    InstantSource time = () -> instant(); // not this: its withZone would come back here
    return time.withZone(zone);
  }
}
