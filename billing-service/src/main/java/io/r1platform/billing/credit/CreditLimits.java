package io.r1platform.billing.credit;

import io.r1platform.billing.budgets.Budgets;
import io.r1platform.billing.budgets.CreditState;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Keeps the CREDIT budget of an organization at what it may spend in all: payments, credit limit
 * and grants that have begun, of expired ones what was drawn. It compares and corrects, so it may
 * run at any time and any number of times.
 */
@Component
class CreditLimits {
  private record Target(
      long tenantId, String currency, BigInteger limit, @Nullable Instant until) {}

  private final JdbcClient jdbc;
  private final Budgets budgets;
  private final Clock clock;

  CreditLimits(JdbcClient jdbc, Budgets budgets, Clock clock) {
    this.jdbc = jdbc;
    this.budgets = budgets;
    this.clock = clock;
  }

  /** The limit now, of an organization that has no account here yet. */
  BigInteger limit(long tenantId) {
    return budgets.credit(tenantId).limit();
  }

  /** Whether it has an account; asking for its limit or its currency makes one. */
  boolean isKnown(long tenantId) {
    return budgets.hasCredit(tenantId);
  }

  /** The one currency of an organization. */
  String currency(long tenantId) {
    return budgets.credit(tenantId).currency();
  }

  /** In the caller's transaction, near its end: it locks what gateways lease from. */
  void align(long tenantId, String reason) {
    OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
    Target target =
        jdbc.sql(
                """
                select a.tenant_id, a.currency, a.paid + a.credit_limit + coalesce((
                  select sum(case when g.reversed then 0
                      when g.expires_at <= :now then g.amount - g.remaining else g.amount end)
                  from credit_grant g
                  where g.tenant_id = a.tenant_id and g.effective_at <= :now), 0) as limit_pico,
                  (select min(g.expires_at) from credit_grant g
                    where g.tenant_id = a.tenant_id and g.effective_at <= :now
                      and g.expires_at > :now and g.pays) as until
                from credit_account a where a.tenant_id = :tenant for update of a
                """)
            .param("now", now)
            .param("tenant", tenantId)
            .query(
                (row, n) ->
                    new Target(
                        row.getLong("tenant_id"),
                        row.getString("currency"),
                        row.getBigDecimal("limit_pico").toBigIntegerExact(),
                        instant(row.getObject("until", OffsetDateTime.class))))
            .single();
    CreditState state = budgets.credit(tenantId);
    BigInteger delta = target.limit.subtract(state.limit());
    if (delta.signum() != 0 || !Objects.equals(target.until, state.until())) {
      budgets.changeCredit(tenantId, target.currency, delta, target.until, reason);
    }
  }

  private static @Nullable Instant instant(@Nullable OffsetDateTime moment) {
    return moment == null ? null : moment.toInstant();
  }

  /**
   * Organizations whose grants began or ended, or were drawn after their end, within {@code since}
   * and now.
   */
  List<Long> due(OffsetDateTime since) {
    return jdbc.sql(
            """
            select distinct tenant_id from credit_grant
            where (effective_at > :since and effective_at <= :now)
              or (expires_at > :since and expires_at <= :now)
            order by tenant_id
            """)
        .param("since", since)
        .param("now", clock.instant().atOffset(ZoneOffset.UTC))
        .query(Long.class)
        .list();
  }
}
