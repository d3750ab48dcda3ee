package io.r1platform.billing.budgets;

import java.math.BigInteger;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The rows that settling reads and writes, a few statements for a batch of any size. */
@Component
class SettledPeriods {
  /**
   * Where a sum goes.
   *
   * @param index which sum
   * @param periodId its period; 0 where it must be made first
   * @param leaseId the lease it was held by; null: none
   * @param missing the plan of the period to make; null where it is there
   */
  record Place(
      int index,
      long periodId,
      @Nullable Long leaseId,
      boolean hard,
      boolean rolling,
      Periods.@Nullable Plan missing) {}

  private final JdbcClient jdbc;

  SettledPeriods(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * For each sum: the period of its lease, or, without a valid one, that of the scope's hard budget
   * at admission; and those of all soft budgets of the scope.
   */
  List<Place> places(List<Settlement.Key> keys) {
    return jdbc.sql(
            """
            with asked as (
              select * from unnest(?::int[], ?::text[], ?::bigint[], ?::bigint[], ?::timestamptz[],
                ?::text[], ?::bigint[])
                as a(n, scope, scope_id, lease_id, at, currency, organization_id)
            ), leased as (
              select a.n, l.period_id, l.lease_id, b.reset
              from asked a join lease l using (lease_id) join budget_period p using (period_id)
                join budget b on b.budget_id = p.budget_id
                  and (b.organization_id, b.scope, b.scope_id)
                    = (a.organization_id, a.scope, a.scope_id)
            )
            select n, period_id, lease_id, true as hard, reset, 0 as budget_id, null as tz,
              null::timestamptz as created_at
            from leased
            union all
            select a.n, p.period_id, null, b.hard, b.reset, b.budget_id, b.tz, b.created_at
            from asked a
              join budget b on (b.scope, b.scope_id, b.currency) = (a.scope, a.scope_id, a.currency)
                and b.organization_id = a.organization_id
              left join budget_period p on p.budget_id = b.budget_id and p.period @> a.at
            where (b.closed_at is null or a.at < b.closed_at)
              and not (b.hard and exists (select from leased where leased.n = a.n))
            """)
        .param(Literal.array(IntStream.range(0, keys.size()).boxed().toList()))
        .param(Literal.array(keys, Settlement.Key::scope))
        .param(Literal.array(keys, Settlement.Key::scopeId))
        .param(Literal.array(keys, Settlement.Key::lease))
        .param(Literal.array(keys, Settlement.Key::at))
        .param(Literal.array(keys, Settlement.Key::currency))
        .param(Literal.array(keys, Settlement.Key::organization))
        .query(
            (row, number) -> {
              boolean missing = row.getObject("period_id") == null;
              return new Place(
                  row.getInt("n"),
                  row.getLong("period_id"),
                  row.getObject("lease_id", Long.class),
                  row.getBoolean("hard"),
                  row.getString("reset").equals(Reset.ROLLING.name()),
                  missing ? BudgetRows.plan(row) : null);
            })
        .list();
  }

  /** Locks leases by id; what each has left, pico. */
  Map<Long, BigInteger> lockLeases(Collection<Long> ids) {
    var left = new HashMap<Long, BigInteger>();
    if (!ids.isEmpty()) {
      jdbc.sql(
              """
              select lease_id, granted - spent - returned as rest from lease
              where lease_id = any(?::bigint[]) order by lease_id for update
              """)
          .param(Literal.array(ids))
          .query(
              row -> {
                left.put(row.getLong("lease_id"), BudgetRows.pico(row, "rest"));
              });
    }
    return left;
  }

  /** Adds to what locked leases have spent. */
  void spendLeases(SortedMap<Long, BigInteger> amounts) {
    if (!amounts.isEmpty()) {
      jdbc.sql(
              """
              update lease l set spent = l.spent + s.amount
              from unnest(?::bigint[], ?::numeric[]) as s(lease_id, amount)
              where l.lease_id = s.lease_id
              """)
          .param(Literal.array(amounts.keySet()))
          .param(Literal.array(amounts.values()))
          .update();
    }
  }

  /**
   * Adds to what locked periods have spent.
   *
   * @param amounts what was charged
   * @param settled the part of it that was leased; nothing: none of it
   */
  void spend(SortedMap<Long, BigInteger> amounts, Map<Long, BigInteger> settled) {
    jdbc.sql(
            """
            update budget_period p set
              leased = p.leased - s.settled,
              spent = p.spent + s.amount
                - greatest(s.amount - (p.limit_pico - p.spent - p.leased + s.settled), 0),
              overrun = p.overrun
                + greatest(s.amount - (p.limit_pico - p.spent - p.leased + s.settled), 0)
            from unnest(?::bigint[], ?::numeric[], ?::numeric[])
              as s(period_id, amount, settled)
            where p.period_id = s.period_id
            """)
        .param(Literal.array(amounts.keySet()))
        .param(Literal.array(amounts.values()))
        .param(Literal.array(amounts.keySet(), id -> settled.getOrDefault(id, BigInteger.ZERO)))
        .update();
  }
}
