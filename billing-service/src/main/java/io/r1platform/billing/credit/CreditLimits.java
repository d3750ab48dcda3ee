package io.r1platform.billing.credit;

import io.r1platform.billing.budgets.Budgets;
import io.r1platform.billing.ledger.OwedChanged;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * Keeps the CREDIT budget of an organization at what it may spend in all: so much that beside what
 * it has spent there is room for its credit line less what it owes, and for what is left of its
 * credit. It compares with the ledger and corrects, so it may run at any time and any number of
 * times.
 */
@Component
class CreditLimits {
  /** A limit that is not what it should be. */
  private record Stray(String currency, BigInteger delta, @Nullable Instant until) {}

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

  /** What an organization began with, before anything moved it. */
  BigInteger opening(long tenantId) {
    return budgets.credit(tenantId).opening();
  }

  /**
   * Follows everything but usage that is posted to what an organization owes, in the same
   * transaction, as the last thing in it: payments, adjustments, invoices and what takes them back.
   */
  @TransactionalEventListener(phase = TransactionPhase.BEFORE_COMMIT)
  void on(OwedChanged changed) {
    changed.tenants().stream().sorted().forEach(tenant -> align(tenant, "owes another amount"));
  }

  /** In the caller's transaction, near its end: it locks what gateways lease from. */
  void align(long tenantId, String reason) {
    budgets.lockCredit(tenantId);
    jdbc.sql(
            """
            select currency, due_pico - limit_pico as delta, due_until
            from credit_limits(array[cast(:tenant as bigint)], :now)
            where due_pico <> limit_pico or due_until is distinct from limit_until
            """)
        .param("now", now())
        .param("tenant", tenantId)
        .query(
            (row, n) ->
                new Stray(
                    row.getString("currency"),
                    row.getBigDecimal("delta").toBigIntegerExact(),
                    instant(row.getObject("due_until", OffsetDateTime.class))))
        .optional()
        .ifPresent(s -> budgets.changeCredit(tenantId, s.currency, s.delta, s.until, reason));
  }

  private static @Nullable Instant instant(@Nullable OffsetDateTime moment) {
    return moment == null ? null : moment.toInstant();
  }

  /** Organizations, with terms or without, whose limit is not what it should be. Reads all sums. */
  List<Long> strayed() {
    return jdbc.sql(
            """
            select organization_id from credit_limits(null, :now)
            where due_pico <> limit_pico or due_until is distinct from limit_until
            order by organization_id
            """)
        .param("now", now())
        .query(Long.class)
        .list();
  }

  /**
   * Of the organizations whose grants began or ended within {@code since} and now, those whose
   * limit is not what it should be: a grant may have been drawn after its end as well.
   */
  List<Long> due(OffsetDateTime since) {
    return jdbc.sql(
            """
            select organization_id
            from credit_limits(array(select distinct tenant_id from credit_grant
              where (effective_at > :since and effective_at <= :now)
                or (expires_at > :since and expires_at <= :now)), :now)
            where due_pico <> limit_pico or due_until is distinct from limit_until
            order by organization_id
            """)
        .param("since", since)
        .param("now", now())
        .query(Long.class)
        .list();
  }

  private OffsetDateTime now() {
    return clock.instant().atOffset(ZoneOffset.UTC);
  }
}
