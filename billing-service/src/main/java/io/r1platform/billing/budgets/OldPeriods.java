package io.r1platform.billing.budgets;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.observability.BillingMetric;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Drops what budgets no longer need: leases that nothing can be charged to, after 36 days; periods
 * with their alerts and deliveries after 400.
 */
@Component
class OldPeriods {
  private static final Logger LOG = LoggerFactory.getLogger(OldPeriods.class);

  private final JdbcClient jdbc;
  private final MeterRegistry meters;

  OldPeriods(JdbcClient jdbc, MeterRegistry meters) {
    this.jdbc = jdbc;
    this.meters = meters;
  }

  /** Drops all, a transaction for each few thousand. Returns how many rows there were. */
  @Scheduled(cron = "0 5 4 * * *", zone = "UTC")
  long drop() {
    return all("drop_old_leases") + all("drop_old_periods");
  }

  private long all(String function) {
    long all = 0;
    try {
      int some;
      do {
        some = jdbc.sql("select %s()".formatted(function)).query(Integer.class).single();
        all += some;
      } while (some > 0);
    } catch (DataAccessException e) {
      meters.counter(BillingMetric.BUDGET_JOBS_FAILED.meterName(), "job", "OLD").increment();
      LOG.error("{} failed after {} rows; tried again next night", function, all, e);
    }
    return all;
  }
}
