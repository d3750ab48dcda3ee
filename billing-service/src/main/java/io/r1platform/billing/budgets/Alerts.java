package io.r1platform.billing.budgets;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Alerts at thresholds: one per period and threshold, written with what crossed it and queued for
 * every target that wants it.
 */
@Component
class Alerts {
  private final JdbcClient jdbc;

  Alerts(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Writes what locked periods have crossed and nobody was told yet. */
  void raise(Collection<Long> periodIds, Instant now) {
    OffsetDateTime at = now.atOffset(ZoneOffset.UTC);
    jdbc.sql(
            """
            with raised as (
              insert into budget_alert (period_id, percent, organization_id, spent, limit_pico,
                created_at)
              select p.period_id, t.threshold, b.organization_id, p.spent + p.overrun,
                p.target_pico, ?
              from budget_period p join budget b using (budget_id)
                cross join unnest(b.alert_percent) as t(threshold)
              where p.period_id = any(?::bigint[]) and p.spent + p.overrun > 0
                and (p.spent + p.overrun) * 100 >= p.target_pico * t.threshold
                and not exists (select from budget_alert a
                  where (a.period_id, a.percent) = (p.period_id, t.threshold)
                    and a.rearmed_at is null)
              order by p.period_id, t.threshold
              on conflict (period_id, percent) where rearmed_at is null do nothing
              returning alert_id, organization_id
            )
            insert into webhook_delivery (alert_id, target_id, next_at)
            select r.alert_id, t.target_id, ?
            from raised r join webhook_target t
              on t.closed_at is null
                and (t.organization_id is null or t.organization_id = r.organization_id)
            """)
        .params(at, Literal.array(periodIds), at)
        .update();
  }

  /** Lets a rolling budget that fell below a threshold alert again when it crosses it again. */
  void rearm(long periodId, Instant now) {
    jdbc.sql(
            """
            update budget_alert a set rearmed_at = ?
            from budget_period p
            where a.period_id = ? and p.period_id = a.period_id and a.rearmed_at is null
              and (p.spent + p.overrun) * 100 < p.target_pico * a.percent
            """)
        .params(now.atOffset(ZoneOffset.UTC), periodId)
        .update();
  }
}
