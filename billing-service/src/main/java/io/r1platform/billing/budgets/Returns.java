package io.r1platform.billing.budgets;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Gives leased room back. A lowered limit follows as leases return. */
@Component
class Returns {
  private static final String RELEASE =
      """
      ), moved as (
        update lease l set returned = w.becomes
        from wanted w where l.lease_id = w.lease_id and w.becomes > l.returned
        returning l.period_id, w.becomes - w.was as back
      ), sums as (
        select period_id, sum(back) as back from moved group by period_id
      )
      update budget_period p set leased = p.leased - s.back,
        limit_pico = case when p.limit_pico > p.target_pico
          then greatest(p.target_pico, p.spent + p.leased - s.back) else p.limit_pico end
      from sums s where p.period_id = s.period_id
      """;

  private final JdbcClient jdbc;
  private final Periods periods;

  Returns(JdbcClient jdbc, Periods periods) {
    this.jdbc = jdbc;
    this.periods = periods;
  }

  /**
   * Raises what a holder's leases have returned to these totals, never beyond what is unspent.
   * Leases of others are left alone.
   */
  void raise(Leases.Holder holder, Map<Long, BigInteger> returned) {
    if (returned.isEmpty()) {
      return;
    }
    String ids = Literal.array(returned.keySet());
    periods.lock(
        jdbc.sql("select distinct period_id from lease where lease_id = any(?::bigint[])")
            .param(ids)
            .query(Long.class)
            .list());
    lockLeases(ids);
    jdbc.sql(
            """
            with wanted as (
              select l.lease_id, l.returned as was,
                least(greatest(r.returned, l.returned), l.granted - l.spent) as becomes
              from unnest(?::bigint[], ?::numeric[]) as r(lease_id, returned)
                join lease l using (lease_id)
              where (l.replica_id, l.epoch) = (?, ?)
            """
                + RELEASE)
        .params(ids, Literal.array(returned.values()), holder.replica(), holder.epoch())
        .update();
  }

  /**
   * Returns the rest of all of a holder's leases: its epoch is over. What a held record would be
   * charged to them stays until a person has decided; then this is to be done again.
   */
  void all(Leases.Holder holder) {
    List<Long> ids =
        jdbc.sql(
                """
                select period_id from lease
                where (replica_id, epoch) = (?, ?) and holds
                """)
            .params(holder.replica(), holder.epoch())
            .query(Long.class)
            .list();
    if (ids.isEmpty()) {
      return;
    }
    periods.lock(ids);
    jdbc.sql(
            """
            with wanted as (
              select l.lease_id, l.returned as was,
                l.granted - l.spent - coalesce(h.amount, 0) as becomes
              from lease l left join held_lease h using (lease_id)
              where (l.replica_id, l.epoch) = (?, ?) and l.holds
              order by l.lease_id for update of l
            """
                + RELEASE)
        .params(holder.replica(), holder.epoch())
        .update();
  }

  private void lockLeases(String ids) {
    jdbc.sql(
            """
            select lease_id from lease where lease_id = any(?::bigint[])
            order by lease_id for update
            """)
        .param(ids)
        .query(Long.class)
        .list();
  }
}
