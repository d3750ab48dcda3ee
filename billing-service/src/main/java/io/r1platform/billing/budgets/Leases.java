package io.r1platform.billing.budgets;

import java.math.BigInteger;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What gateways hold of budgets: rows of totals that only rise. */
@Component
class Leases {
  /** A gateway between two fencings. */
  record Holder(long replica, int epoch) {}

  /**
   * A hard budget's period that is open now.
   *
   * @param limitUntil when part of the limit, a grant or an increase, ends; null: never
   * @param free what another lease could take, pico
   * @param leased what is leased and not spent, pico
   */
  record Open(
      Scope scope,
      long scopeId,
      long budgetId,
      long periodId,
      boolean rolling,
      Instant startsAt,
      @Nullable Instant endsAt,
      @Nullable Instant limitUntil,
      BigInteger limit,
      BigInteger free,
      BigInteger leased) {
    /** Until when a lease of it may be taken from without asking again; null: any time. */
    @Nullable Instant leasedUntil() {
      if (endsAt == null || limitUntil == null) {
        return endsAt == null ? limitUntil : endsAt;
      }
      return endsAt.isBefore(limitUntil) ? endsAt : limitUntil;
    }
  }

  /** What a holder has been granted of a period in all, pico. */
  record Lease(Open period, long leaseId, BigInteger granted) {}

  private final JdbcClient jdbc;

  Leases(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Keeps an epoch from being closed (shared) or used (not shared) until the transaction ends. It
   * is not the stream's row, since that is locked while a batch is taken.
   */
  void lockEpoch(Holder holder, boolean shared) {
    jdbc.sql(
            shared
                ? "select pg_advisory_xact_lock_shared(hashtextextended(?, 7))"
                : "select pg_advisory_xact_lock(hashtextextended(?, 7))")
        .param("r1.epoch %d %d".formatted(holder.replica, holder.epoch))
        .query((row, number) -> true)
        .single();
  }

  boolean closed(Holder holder) {
    return jdbc.sql(
            """
            select closed from usage_stream
            where source = 'gateway' and (replica_id, epoch) = (?, ?)
            """)
        .params(holder.replica, holder.epoch)
        .query(Boolean.class)
        .optional()
        .orElse(false);
  }

  /** Who holds these leases. */
  List<Holder> holders(LeaseIds ids) {
    return jdbc.sql(
            """
            select distinct replica_id, epoch from lease where lease_id = any(?::bigint[])
            order by replica_id, epoch
            """)
        .param(Literal.array(Stream.of(Scope.values()).map(ids::of).toList()))
        .query((row, number) -> new Holder(row.getLong("replica_id"), row.getInt("epoch")))
        .list();
  }

  /** What decides the periods of the open hard budgets of an organization's scopes. */
  List<Periods.Plan> plans(long organization, Map<Scope, Long> scopes) {
    return jdbc.sql(
            """
            select b.budget_id, b.reset, b.tz, b.created_at
            from unnest(?::text[], ?::bigint[]) as s(scope, scope_id)
              join budget b using (scope, scope_id)
            where b.hard and b.closed_at is null and b.organization_id = ?
            order by b.budget_id
            """)
        .param(Literal.array(scopes.keySet()))
        .param(Literal.array(scopes.values()))
        .param(organization)
        .query((row, number) -> BudgetRows.plan(row))
        .list();
  }

  /**
   * Locks the periods around {@code now} of these budgets, by id, and returns them from root to
   * leaf.
   */
  List<Open> lock(List<Periods.Plan> plans, Instant now) {
    List<Open> periods =
        new ArrayList<>(
            jdbc.sql(
                    """
                    select b.scope, b.scope_id, b.budget_id, b.reset, p.period_id,
                      lower(p.period) as starts_at, upper(p.period) as ends_at, p.limit_until,
                      p.limit_pico, p.limit_pico - p.spent - p.leased as free, p.leased
                    from budget_period p join budget b using (budget_id)
                    where b.budget_id = any(?::bigint[]) and p.period @> ?::timestamptz
                    order by p.period_id for update of p
                    """)
                .params(Literal.array(plans, Periods.Plan::budgetId), now.atOffset(ZoneOffset.UTC))
                .query(
                    (row, number) ->
                        new Open(
                            Scope.valueOf(row.getString("scope")),
                            row.getLong("scope_id"),
                            row.getLong("budget_id"),
                            row.getLong("period_id"),
                            row.getString("reset").equals(Reset.ROLLING.name()),
                            BudgetRows.moment(row, "starts_at"),
                            BudgetRows.momentOrNull(row, "ends_at"),
                            BudgetRows.momentOrNull(row, "limit_until"),
                            BudgetRows.pico(row, "limit_pico"),
                            BudgetRows.pico(row, "free"),
                            BudgetRows.pico(row, "leased")))
                .list());
    periods.sort(Comparator.comparing(Open::scope));
    return periods;
  }

  /** Adds to a holder's leases of locked periods; nothing is added where the take is 0. */
  List<Lease> grant(Holder holder, List<Open> periods, List<BigInteger> takes) {
    String ids = Literal.array(periods, Open::periodId);
    String amounts = Literal.array(takes);
    Map<Long, Open> byId =
        periods.stream().collect(Collectors.toMap(Open::periodId, Function.identity()));
    List<Lease> leases =
        jdbc.sql(
                """
                insert into lease as l (period_id, replica_id, epoch, granted)
                select t.period_id, ?, ?, t.take
                from unnest(?::bigint[], ?::numeric[]) as t(period_id, take)
                order by t.period_id
                on conflict (period_id, replica_id, epoch) do update
                  set granted = l.granted + excluded.granted,
                    recalled = l.recalled and excluded.granted = 0
                returning period_id, lease_id, granted
                """)
            .params(holder.replica, holder.epoch, ids, amounts)
            .query(
                (row, number) ->
                    new Lease(
                        Objects.requireNonNull(byId.get(row.getLong("period_id"))),
                        row.getLong("lease_id"),
                        BudgetRows.pico(row, "granted")))
            .list();
    jdbc.sql(
            """
            update budget_period p set leased = p.leased + t.take
            from unnest(?::bigint[], ?::numeric[]) as t(period_id, take)
            where p.period_id = t.period_id and t.take > 0
            """)
        .params(ids, amounts)
        .update();
    return leases.stream().sorted(Comparator.comparing(lease -> lease.period.scope)).toList();
  }

  /** Asks all others for what they hold of a locked period and do not need. */
  void recall(long periodId, Holder but) {
    jdbc.sql(
            """
            update lease set recalled = true
            where period_id = ? and (replica_id, epoch) <> (?, ?) and not recalled
              and holds
            """)
        .params(periodId, but.replica, but.epoch)
        .update();
  }

  /** The leases that a holder shall give back. */
  List<Long> recalled(Holder holder) {
    return jdbc.sql(
            """
            select lease_id from lease
            where (replica_id, epoch) = (?, ?) and recalled and holds
            order by lease_id limit 10000
            """)
        .params(holder.replica, holder.epoch)
        .query(Long.class)
        .list();
  }
}
