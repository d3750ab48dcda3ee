package io.r1platform.billing.budgets;

import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What time does to budgets: hours leave rolling windows, increases expire, the leases of periods
 * that have ended are recalled. Any number of instances may run it; each step is done once.
 */
@Component
class BudgetJobs {
  private final JdbcClient jdbc;
  private final RollingHours hours;
  private final Periods periods;
  private final Alerts alerts;
  private final Versions versions;
  private final TransactionTemplate transaction;
  private final Clock clock;

  BudgetJobs(
      JdbcClient jdbc,
      RollingHours hours,
      Periods periods,
      Alerts alerts,
      Versions versions,
      TransactionTemplate transaction,
      Clock clock) {
    this.jdbc = jdbc;
    this.hours = hours;
    this.periods = periods;
    this.alerts = alerts;
    this.versions = versions;
    this.transaction = transaction;
    this.clock = clock;
  }

  /** Does what is due. */
  @Scheduled(fixedDelayString = "PT5S")
  void run() {
    Instant now = clock.instant();
    for (long periodId : hours.due(now)) {
      transaction.executeWithoutResult(status -> leave(periodId, now));
    }
    for (long budgetId : expired(now)) {
      transaction.executeWithoutResult(status -> expire(budgetId, now));
    }
    recallEnded(now);
  }

  private void leave(long periodId, Instant now) {
    long organization = hours.leave(periodId, now);
    alerts.rearm(periodId, now);
    versions.bump(List.of(organization));
  }

  private List<Long> expired(Instant now) {
    return jdbc.sql(
            """
            select distinct budget_id from budget_increase
            where not ended and expires_at <= ? order by budget_id limit 1000
            """)
        .param(at(now))
        .query(Long.class)
        .list();
  }

  private void expire(long budgetId, Instant now) {
    periods.lockBudget(budgetId);
    List<Long> open = periods.lockOpen(budgetId);
    jdbc.sql(
            """
            update budget_increase set ended = true
            where budget_id = ? and not ended and expires_at <= ?
            """)
        .params(budgetId, at(now))
        .update();
    periods.retarget(open);
    alerts.raise(open, now);
    versions.bump(
        jdbc.sql("select organization_id from budget where budget_id = ?")
            .param(budgetId)
            .query(Long.class)
            .list());
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
