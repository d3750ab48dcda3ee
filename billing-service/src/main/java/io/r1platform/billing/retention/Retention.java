package io.r1platform.billing.retention;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.observability.BillingMetric;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Retires old days, each night, one after the other. A day that fails stays in the database, with
 * an alarm, and is tried again the next night; the others go on while this process has the lock.
 */
@Component
class Retention {
  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

  /**
   * Beyond the hot days: a day's last record may be admitted an hour after it, and be late then.
   */
  private static final int MARGIN_DAYS = 2;

  /** Less than the connection's own patience, {@code socketTimeout}. */
  private static final Duration LONGEST_STATEMENT = Duration.ofMinutes(9);

  /** Two processes would write the same files. */
  private static final String LOCK = "hashtext('billing.retention')";

  private final RetentionSettings settings;
  private final DayArchive archive;
  private final JdbcTemplate jdbc;
  private final Clock clock;
  private final AtomicLong overdue = new AtomicLong();

  Retention(
      RetentionSettings settings,
      DayArchive archive,
      JdbcTemplate jdbc,
      MeterRegistry meters,
      Clock clock) {
    this.settings = settings;
    this.archive = archive;
    this.jdbc = jdbc;
    this.clock = clock;
    meters.gauge(BillingMetric.RETENTION_OVERDUE.meterName(), overdue);
  }

  /**
   * Retires every day that is old enough, unless another process is at it. Returns how many could
   * not be. While it runs, the gauge has those that should have gone the nights before.
   */
  @Scheduled(cron = "0 15 3 * * *", zone = "UTC")
  long retire() {
    Path directory = settings.directory();
    if (directory == null) {
      return 0;
    }
    ConnectionCallback<Long> alone =
        connection ->
            retire(directory, JdbcClient.create(new SingleConnectionDataSource(connection, true)));
    long failed = Objects.requireNonNull(jdbc.execute(alone));
    overdue.set(failed);
    return failed;
  }

  /** The lock is the connection's: where that is lost, another process may begin. */
  private long retire(Path directory, JdbcClient alone) {
    if (!alone.sql("select pg_try_advisory_lock(" + LOCK + ")").query(Boolean.class).single()) {
      LOG.info("Another process retires old days now");
      return 0;
    }
    try {
      limitStatements(alone);
      List<LocalDate> old = old(alone);
      LocalDate first = firstToStay();
      overdue.set(old.stream().filter(day -> day.isBefore(first.minusDays(1))).count());
      long left = old.size();
      for (LocalDate day : old) {
        if (!hasLock(alone)) {
          break;
        }
        left -= retire(directory, day, alone) ? 1 : 0;
      }
      return left;
    } finally {
      unlock(alone);
    }
  }

  /** So that server and client give up a drop together, and no day goes that is said to stay. */
  private static void limitStatements(JdbcClient alone) {
    alone
        .sql("select set_config('statement_timeout', ?, false)")
        .param(Long.toString(LONGEST_STATEMENT.toMillis()))
        .query(String.class)
        .single();
  }

  private static boolean hasLock(JdbcClient alone) {
    try {
      alone.sql("select 1").query(Integer.class).single();
      return true;
    } catch (DataAccessException e) {
      LOG.error("The lock of retention is lost; what is left waits for the next night", e);
      return false;
    }
  }

  private static void unlock(JdbcClient alone) {
    try {
      alone.sql("reset statement_timeout").update();
      alone.sql("select pg_advisory_unlock(" + LOCK + ")").query(Boolean.class).single();
    } catch (DataAccessException e) {
      LOG.warn("The lock of retention went with its connection", e);
    }
  }

  private List<LocalDate> old(JdbcClient alone) {
    return alone
        .sql("select day from usage_days() where day < ? order by day")
        .param(firstToStay())
        .query(LocalDate.class)
        .list();
  }

  private LocalDate firstToStay() {
    LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    return today.minusDays(settings.hotDays() + (long) MARGIN_DAYS);
  }

  private boolean retire(Path directory, LocalDate day, JdbcClient alone) {
    try {
      archive.retire(directory, day, alone);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | UncheckedIOException | DataAccessException e) {
      LOG.error("{} stays in the database: it could not be retired", day, e);
    }
    return false;
  }
}
