package io.r1platform.billing.budgets;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Ends what was added to budgets for a time. A job does so, and whoever lends does where no job has
 * yet: nothing is lent of a limit that counts an increase which is over.
 */
@Component
class Increases {
  private final JdbcClient jdbc;
  private final Periods periods;
  private final Alerts alerts;
  private final Versions versions;

  Increases(JdbcClient jdbc, Periods periods, Alerts alerts, Versions versions) {
    this.jdbc = jdbc;
    this.periods = periods;
    this.alerts = alerts;
    this.versions = versions;
  }

  /** Budgets with increases that are over and not ended yet; at most 1,000. */
  List<Long> due(Instant now) {
    return jdbc.sql(
            """
            select distinct budget_id from budget_increase
            where not ended and expires_at <= ? order by budget_id limit 1000
            """)
        .param(at(now))
        .query(Long.class)
        .list();
  }

  /** Ends those of a budget that are over, and lets its open periods follow. */
  @Transactional
  public void end(long budgetId, Instant now) {
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

  private static OffsetDateTime at(Instant moment) {
    return moment.atOffset(ZoneOffset.UTC);
  }
}
