package io.r1platform.billing.budgets;

import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The periods of budgets, made when first needed. Whoever changes one locks it here first; where
 * several are needed, all at once and by id.
 */
@Component
class Periods {
  /**
   * What decides a budget's periods.
   *
   * @param zone the zone of its calendar
   * @param createdAt when it was made
   */
  record Plan(long budgetId, Reset reset, ZoneId zone, Instant createdAt) {}

  /** A period that is needed: the budget's around {@code at}. */
  record Needed(Plan plan, Instant at) {}

  private record Row(long budgetId, Reset.Period period) {}

  private final JdbcClient jdbc;
  private final Clock clock;

  Periods(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /**
   * Makes those periods that are not there, by budget, so that two makers never wait for each other
   * in a circle.
   *
   * @return how many were made
   */
  int ensure(Collection<Needed> needed) {
    Map<String, Row> rows = new TreeMap<>();
    for (Needed need : needed) {
      Plan plan = need.plan;
      Reset.Period period = plan.reset.around(need.at, plan.zone, plan.createdAt);
      if (period != null) {
        var row = new Row(plan.budgetId, period);
        rows.put("%020d %s".formatted(row.budgetId, period.from()), row);
      }
    }
    rows.values().retainAll(missing(rows.values()));
    if (rows.isEmpty()) {
      return 0;
    }
    shareBudgets(rows.values());
    return jdbc.sql(
            """
            insert into budget_period (budget_id, period, target_pico, limit_pico, limit_until)
            select budget_id, tstzrange(from_t, to_t), target, case when hard then target end,
              case when hard then until end
            from (
              select b.budget_id, b.hard, n.from_t, n.to_t,
                greatest(b.limit_pico, 0) + coalesce(more.amount, 0) as target, more.until
              from unnest(?::bigint[], ?::timestamptz[], ?::timestamptz[])
                  as n(budget_id, from_t, to_t)
                join budget b using (budget_id)
                cross join lateral (
                  select sum(i.amount) as amount, min(i.expires_at) as until
                  from budget_increase i
                  where i.budget_id = b.budget_id and not i.ended and i.expires_at > ?) more
              where not exists (select from budget_period p
                where p.budget_id = n.budget_id and p.period && tstzrange(n.from_t, n.to_t))
              order by b.budget_id, n.from_t) missing
            on conflict do nothing
            """)
        .param(Literal.array(rows.values(), Row::budgetId))
        .param(Literal.array(rows.values(), row -> row.period.from()))
        .param(Literal.array(rows.values(), row -> orNull(row.period.to())))
        .param(now())
        .update();
  }

  private Set<Row> missing(Collection<Row> rows) {
    if (rows.isEmpty()) {
      return Set.of();
    }
    List<Row> ordered = List.copyOf(rows);
    List<Integer> missing =
        jdbc.sql(
                """
                select n.i from unnest(?::int[], ?::bigint[], ?::timestamptz[])
                  as n(i, budget_id, from_t)
                where not exists (select from budget_period p
                  where p.budget_id = n.budget_id and p.period @> n.from_t)
                """)
            .param(Literal.array(IntStream.range(0, ordered.size()).boxed().toList()))
            .param(Literal.array(ordered, Row::budgetId))
            .param(Literal.array(ordered, row -> row.period.from()))
            .query(Integer.class)
            .list();
    return missing.stream().map(ordered::get).collect(Collectors.toSet());
  }

  /** Waits for whoever changes these budgets, so that a new period has the limit of after it. */
  private void shareBudgets(Collection<Row> rows) {
    jdbc.sql(
            """
            select budget_id from budget where budget_id = any(?::bigint[])
            order by budget_id for share
            """)
        .param(Literal.array(rows, Row::budgetId))
        .query(Long.class)
        .list();
  }

  /** Keeps others from changing a budget, or making its periods, until the transaction ends. */
  void lockBudget(long budgetId) {
    jdbc.sql("select budget_id from budget where budget_id = ? for no key update")
        .param(budgetId)
        .query(Long.class)
        .single();
  }

  /** Locks periods until the transaction ends, by id. */
  void lock(Collection<Long> periodIds) {
    jdbc.sql(
            """
            select period_id from budget_period where period_id = any(?::bigint[])
            order by period_id for update
            """)
        .param(Literal.array(periodIds))
        .query(Long.class)
        .list();
  }

  /** Locks the periods of a budget that have not ended, and returns their ids. */
  List<Long> lockOpen(long budgetId) {
    return jdbc.sql(
            """
            select period_id from budget_period
            where budget_id = ? and (upper_inf(period) or upper(period) > ?)
            order by period_id for update
            """)
        .params(budgetId, now())
        .query(Long.class)
        .list();
  }

  /**
   * Lets locked periods follow their budget's limit and its increases of now. What is already spent
   * or leased stays; where that is above the new limit, its leases are recalled and the period's
   * limit sinks as they return. Charges beyond what was held are taken up by new room first. Until
   * when a limit holds is set too, but of CREDIT, whose grants decide it.
   */
  void retarget(Collection<Long> periodIds) {
    String ids = Literal.array(periodIds);
    jdbc.sql(
            """
            with goal as (
              select p.period_id, b.hard,
                greatest(b.limit_pico, 0) + coalesce(more.amount, 0) as target,
                case when b.scope = 'CREDIT' then p.limit_until
                  when b.hard then more.until end as until
              from budget_period p join budget b using (budget_id)
                cross join lateral (
                  select sum(i.amount) as amount, min(i.expires_at) as until
                  from budget_increase i
                  where i.budget_id = b.budget_id and not i.ended and i.expires_at > ?) more
              where p.period_id = any(?::bigint[])
            ), step as (
              select g.*, case when g.hard
                then greatest(least(p.overrun, g.target - p.spent - p.leased), 0) else 0 end
                as taken_up
              from goal g join budget_period p using (period_id)
            )
            update budget_period p set target_pico = s.target,
              limit_pico = case when s.hard then greatest(s.target, p.spent + p.leased) end,
              limit_until = s.until,
              spent = p.spent + s.taken_up,
              overrun = p.overrun - s.taken_up
            from step s where s.period_id = p.period_id
            """)
        .params(now(), ids)
        .update();
    jdbc.sql(
            """
            update lease l set recalled = true
            from budget_period p
            where p.period_id = any(?::bigint[]) and p.limit_pico > p.target_pico
              and l.period_id = p.period_id and not l.recalled
              and l.holds
            """)
        .param(ids)
        .update();
  }

  private static Object orNull(@Nullable Instant moment) {
    return moment == null ? "null" : moment;
  }

  private OffsetDateTime now() {
    return clock.instant().atOffset(ZoneOffset.UTC);
  }
}
