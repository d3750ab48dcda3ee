package io.r1platform.billing.retention;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.observability.BillingMetric;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Retires old days, each night, one after the other. A day that fails stays in the database, with
 * an alarm, and is tried again the next night; the others go on.
 */
@Component
class Retention {
  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

  /**
   * Beyond the hot days: a day's last record may be admitted an hour after it, and be late then.
   */
  private static final int MARGIN_DAYS = 2;

  private final RetentionSettings settings;
  private final DayArchive archive;
  private final JdbcClient jdbc;
  private final Clock clock;
  private final AtomicLong overdue = new AtomicLong();

  Retention(
      RetentionSettings settings,
      DayArchive archive,
      JdbcClient jdbc,
      MeterRegistry meters,
      Clock clock) {
    this.settings = settings;
    this.archive = archive;
    this.jdbc = jdbc;
    this.clock = clock;
    meters.gauge(BillingMetric.RETENTION_OVERDUE.meterName(), overdue);
  }

  /** Retires every day that is old enough. Returns how many could not be. */
  @Scheduled(cron = "0 15 3 * * *", zone = "UTC")
  long retire() {
    Path directory = settings.directory();
    if (directory == null) {
      return 0;
    }
    LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    List<LocalDate> old =
        jdbc.sql("select day from usage_days() where day < ? order by day")
            .param(today.minusDays(settings.hotDays() + (long) MARGIN_DAYS))
            .query(LocalDate.class)
            .list();
    long failed = 0;
    for (LocalDate day : old) {
      failed += retire(directory, day) ? 0 : 1;
    }
    overdue.set(failed);
    return failed;
  }

  private boolean retire(Path directory, LocalDate day) {
    try {
      archive.retire(directory, day);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | UncheckedIOException | org.springframework.dao.DataAccessException e) {
      LOG.error("{} stays in the database: it could not be retired", day, e);
    }
    return false;
  }
}
