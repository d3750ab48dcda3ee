package io.r1platform.billing.clock;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * PostgreSQL's time, carried on by this machine's monotonic clock, as gateways have it: what they
 * stamp is judged by the clock they stamped it with. It follows the database within half of the
 * time that a reading takes, at most 2.5 s; if the database's clock is set, it jumps with it.
 *
 * <p>The monotonic clock stands still while a machine sleeps or is moved. This machine's own clock
 * then is far from where it should be: that makes it read anew, and is never told to anybody.
 */
public final class DatabaseClock extends Clock {
  private static final Logger LOG = LoggerFactory.getLogger(DatabaseClock.class);
  private static final Duration APART = Duration.ofSeconds(15);
  private static final Duration LONGEST_READING = Duration.ofSeconds(5);
  private static final int MOST_READINGS = 3;

  private final JdbcClient database;
  private final InstantSource machine;
  private final LongSupplier nanos;
  private volatile @Nullable Reading last;

  /** The database's time when the monotonic clock and the machine's stood there. */
  private record Reading(Instant time, long nanos, Instant machine) {}

  /** Reads {@code database}; {@code machine} only says whether the monotonic clock stood still. */
  public DatabaseClock(JdbcClient database, InstantSource machine) {
    this(database, machine, System::nanoTime);
  }

  DatabaseClock(JdbcClient database, InstantSource machine, LongSupplier nanos) {
    this.database = database;
    this.machine = machine;
    this.nanos = nanos;
  }

  /**
   * Reads it for the first time.
   *
   * @return this clock
   * @throws IllegalStateException if the database does not say its time, or not soon enough
   */
  public DatabaseClock start() {
    try {
      read();
    } catch (DataAccessException e) {
      throw new IllegalStateException("The database's time could not be read", e);
    }
    return this;
  }

  /** Reads it now; again, up to three times, if that took long, as when it waits for its turn. */
  synchronized Reading read() {
    for (int i = 0; i < MOST_READINGS; i++) {
      Reading reading = readOnce();
      if (reading != null) {
        last = reading;
        return reading;
      }
    }
    throw new DataAccessResourceFailureException(
        "The database's time took more than %s to read, %d times"
            .formatted(LONGEST_READING, MOST_READINGS));
  }

  @Override
  public Instant instant() {
    Reading reading = last;
    if (reading == null || stoodStill(reading)) {
      reading = readUnlessAnotherDid();
    }
    return reading.time.plusNanos(nanos.getAsLong() - reading.nanos);
  }

  @Scheduled(fixedDelayString = "PT5S")
  void readAgain() {
    try {
      read();
    } catch (DataAccessException e) {
      LOG.warn("The database's time cannot be read: {}", e.toString());
    }
  }

  private synchronized Reading readUnlessAnotherDid() {
    Reading reading = last;
    return reading == null || stoodStill(reading) ? read() : reading;
  }

  /** Also where the machine's clock was set, which costs one reading. */
  private boolean stoodStill(Reading reading) {
    Duration passed = Duration.between(reading.machine, machine.instant());
    return passed.minusNanos(nanos.getAsLong() - reading.nanos).abs().compareTo(APART) > 0;
  }

  /** Null for a reading that took long: it says little. */
  private @Nullable Reading readOnce() {
    long before = nanos.getAsLong();
    Instant machineTime = machine.instant();
    Instant time =
        database
            .sql("select clock_timestamp()")
            .query((row, number) -> row.getObject(1, OffsetDateTime.class).toInstant())
            .single();
    long took = nanos.getAsLong() - before;
    if (took > LONGEST_READING.toNanos()) {
      LOG.warn("The database's time took {} ms to read", took / 1_000_000);
      return null;
    }
    return new Reading(time, before + took / 2, machineTime);
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
