package io.r1platform.billing.budgets;

import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** What binds a key now: credit and every hard budget above it, as lending sees them. */
@Component
class Ceilings {
  /**
   * One of them, pico of its currency.
   *
   * @param used charged in the period of now, what overran included
   * @param leased out with gateways
   * @param resetsAt when there will be more, null if never by itself
   */
  record Ceiling(
      Scope scope,
      long scopeId,
      String currency,
      BigInteger limit,
      BigInteger used,
      BigInteger leased,
      @Nullable Instant resetsAt) {}

  private record Row(Ceiling ceiling, @Nullable Long rollingPeriod) {}

  private final JdbcClient jdbc;
  private final Credit credit;
  private final RollingHours hours;
  private final Clock clock;

  Ceilings(JdbcClient jdbc, Credit credit, RollingHours hours, Clock clock) {
    this.jdbc = jdbc;
    this.credit = credit;
    this.hours = hours;
    this.clock = clock;
  }

  /** From the root to the key. A period that nobody needed yet counts as unspent. */
  @Transactional
  public List<Ceiling> above(long organization, long project, long key) {
    credit.ensure(organization);
    return jdbc
        .sql(
            """
            select b.scope, b.scope_id, b.currency, p.period_id,
              coalesce(p.limit_pico, greatest(b.limit_pico, 0)) as limit_pico,
              coalesce(p.spent + p.overrun, 0) as used, coalesce(p.leased, 0) as leased,
              case when b.reset <> 'ROLLING' then upper(p.period) end as resets_at,
              b.reset = 'ROLLING' as rolling
            from budget b
              left join budget_period p on p.budget_id = b.budget_id
                and p.period @> :now::timestamptz
            where b.organization_id = :organization and b.hard and b.closed_at is null
              and (b.scope in ('CREDIT', 'ORGANIZATION')
                or (b.scope = 'PROJECT' and b.scope_id = :project)
                or (b.scope = 'KEY' and b.scope_id = :key))
            """)
        .param("now", OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
        .param("organization", organization)
        .param("project", project)
        .param("key", key)
        .query((row, number) -> read(row))
        .list()
        .stream()
        .map(this::withReset)
        .sorted((a, b) -> a.scope().compareTo(b.scope()))
        .toList();
  }

  private static Row read(ResultSet row) throws SQLException {
    Long period = row.getObject("period_id", Long.class);
    return new Row(
        new Ceiling(
            Scope.valueOf(row.getString("scope")),
            row.getLong("scope_id"),
            row.getString("currency"),
            BudgetRows.pico(row, "limit_pico"),
            BudgetRows.pico(row, "used"),
            BudgetRows.pico(row, "leased"),
            BudgetRows.momentOrNull(row, "resets_at")),
        row.getBoolean("rolling") ? period : null);
  }

  private Ceiling withReset(Row row) {
    Ceiling c = row.ceiling;
    return row.rollingPeriod == null
        ? c
        : new Ceiling(
            c.scope,
            c.scopeId,
            c.currency,
            c.limit,
            c.used,
            c.leased,
            hours.leaves(Objects.requireNonNull(row.rollingPeriod)));
  }
}
