package io.r1platform.billing.budgets;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.observability.BillingMetric;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What time does to budgets: hours leave rolling windows, increases expire, the leases of periods
 * that have ended are recalled. Any number of instances may run it; each step is done once.
 */
@Component
class BudgetJobs {
  private static final Logger LOG = LoggerFactory.getLogger(BudgetJobs.class);

  private final JdbcClient jdbc;
  private final RollingHours hours;
  private final Increases increases;
  private final Alerts alerts;
  private final Versions versions;
  private final TransactionTemplate transaction;
  private final MeterRegistry meters;
  private final Clock clock;

  BudgetJobs(
      JdbcClient jdbc,
      RollingHours hours,
      Increases increases,
      Alerts alerts,
      Versions versions,
      TransactionTemplate transaction,
      MeterRegistry meters,
      Clock clock) {
    this.jdbc = jdbc;
    this.hours = hours;
    this.increases = increases;
    this.alerts = alerts;
    this.versions = versions;
    this.transaction = transaction;
    this.meters = meters;
    this.clock = clock;
  }

  /** Does what is due, each item in its own transaction: one that fails stops no other. */
  @Scheduled(fixedDelayString = "PT5S")
  void run() {
    Instant now = clock.instant();
    for (long periodId : hours.due(now)) {
      attempt("HOURS", () -> leave(periodId, now));
    }
    for (long budgetId : increases.due(now)) {
      attempt("INCREASES", () -> increases.end(budgetId, now));
    }
    attempt("RECALLS", () -> recallEnded(now));
  }

  private void attempt(String job, Runnable item) {
    try {
      transaction.executeWithoutResult(status -> item.run());
    } catch (DataAccessException | TransactionException e) {
      meters.counter(BillingMetric.BUDGET_JOBS_FAILED.meterName(), "job", job).increment();
      LOG.error("An item of the budgets' {} was not done; tried again in 5 s", job, e);
    }
  }

  private void leave(long periodId, Instant now) {
    long organization = hours.leave(periodId, now);
    alerts.rearm(periodId, now);
    versions.bump(List.of(organization));
  }

  /** Of periods that have ended and of budgets that were closed. */
  private void recallEnded(Instant now) {
    jdbc.sql(
            """
            update lease set recalled = true where lease_id in (
              select l.lease_id
              from budget_period p join budget b using (budget_id) join lease l using (period_id)
              where p.lends and (upper(p.period) <= ? or b.closed_at <= ?)
                and not l.recalled and l.holds
              order by l.lease_id limit 1000 for update of l skip locked)
            """)
        .params(at(now), at(now))
        .update();
  }

  private static OffsetDateTime at(Instant moment) {
    return moment.atOffset(ZoneOffset.UTC);
  }
}
