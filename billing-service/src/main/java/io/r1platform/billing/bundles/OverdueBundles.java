package io.r1platform.billing.bundles;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.observability.BillingMetric;
import io.r1platform.billing.receipts.Bundles;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Counts the finalized invoices that have no bundle after a day, for an alarm: not those whose
 * records have left the database, which get none, and nothing where the log is not signed at all.
 */
@Component
class OverdueBundles {
  private static final Logger LOG = LoggerFactory.getLogger(OverdueBundles.class);
  private static final Duration PATIENCE = Duration.ofDays(1);

  private final BundleTable table;
  private final Bundles bundles;
  private final Clock clock;
  private final AtomicLong overdue = new AtomicLong();

  OverdueBundles(BundleTable table, Bundles bundles, MeterRegistry meters, Clock clock) {
    this.table = table;
    this.bundles = bundles;
    this.clock = clock;
    meters.gauge(BillingMetric.BUNDLES_OVERDUE.meterName(), overdue);
  }

  @Scheduled(fixedDelayString = "PT1H", initialDelayString = "PT3M")
  void look() {
    try {
      overdue.set(bundles.canSign() ? table.overdue(clock.instant().minus(PATIENCE)) : 0);
    } catch (DataAccessException e) {
      LOG.error("The bundles that are overdue were not counted; tried again in an hour", e);
    }
  }
}
