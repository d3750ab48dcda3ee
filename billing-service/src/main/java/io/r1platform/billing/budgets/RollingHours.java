package io.r1platform.billing.budgets;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * What each hour added to a rolling budget, and takes away again when it leaves the window. It
 * leaves whole, once its last moment is as old as the window is long: n hours and what has passed
 * of this one never hold more than the limit.
 */
@Component
class RollingHours {
  /** An hour of a period. */
  record Hour(long periodId, Instant hour) {}

  private final JdbcClient jdbc;
  private final Periods periods;

  RollingHours(JdbcClient jdbc, Periods periods) {
    this.jdbc = jdbc;
    this.periods = periods;
  }

  /** Adds to the hours of locked periods, pico. */
  void add(Map<Hour, ? extends Number> amounts) {
    if (amounts.isEmpty()) {
      return;
    }
    jdbc.sql(
            """
            insert into budget_hour as h (period_id, hour, amount)
            select period_id, hour, amount
            from unnest(?::bigint[], ?::timestamptz[], ?::numeric[]) as n(period_id, hour, amount)
            order by period_id, hour
            on conflict (period_id, hour) do update set amount = h.amount + excluded.amount
            """)
        .param(Literal.array(amounts.keySet(), Hour::periodId))
        .param(Literal.array(amounts.keySet(), Hour::hour))
        .param(Literal.array(amounts.values()))
        .update();
  }

  /** When the first hour still in the window leaves it; null if nothing was spent. */
  @Nullable Instant leaves(long periodId) {
    return jdbc.sql(
            """
            select min(h.hour) + make_interval(hours => b.rolling_hours + 1) as leaves
            from budget_hour h
              join budget_period p using (period_id) join budget b using (budget_id)
            where h.period_id = ? group by b.rolling_hours
            """)
        .param(periodId)
        .query((row, number) -> BudgetRows.moment(row, "leaves"))
        .optional()
        .orElse(null);
  }

  /** Periods with hours that have left at {@code now}; at most 1,000. */
  List<Long> due(Instant now) {
    return jdbc.sql(
            """
            select distinct h.period_id
            from budget_hour h
              join budget_period p using (period_id) join budget b using (budget_id)
            where h.hour <= ?::timestamptz - make_interval(hours => b.rolling_hours + 1)
            order by h.period_id limit 1000
            """)
        .param(at(now))
        .query(Long.class)
        .list();
  }

  /**
   * Takes the hours that have left from what a period has spent.
   *
   * @return the organization whose budget has room again
   */
  @Transactional
  public long leave(long periodId, Instant now) {
    periods.lock(List.of(periodId));
    return jdbc.sql(
            """
            with gone as (
              delete from budget_hour h
              using budget_period p, budget b
              where h.period_id = ? and p.period_id = h.period_id and b.budget_id = p.budget_id
                and h.hour <= ?::timestamptz - make_interval(hours => b.rolling_hours + 1)
              returning h.amount
            ), sums as (
              select coalesce(sum(amount), 0) as amount from gone
            )
            update budget_period p set
              overrun = greatest(p.overrun - s.amount, 0),
              spent = p.spent - greatest(s.amount - p.overrun, 0),
              limit_pico = case when p.limit_pico > p.target_pico
                then greatest(p.target_pico,
                  p.spent + p.leased - greatest(s.amount - p.overrun, 0)) else p.limit_pico end
            from sums s, budget b
            where p.period_id = ? and b.budget_id = p.budget_id
            returning b.organization_id
            """)
        .params(periodId, at(now), periodId)
        .query(Long.class)
        .single();
  }

  private static OffsetDateTime at(Instant moment) {
    return moment.atOffset(ZoneOffset.UTC);
  }
}
