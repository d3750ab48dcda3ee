package io.r1platform.billing.credit;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The accounts and grants of organizations. */
@Component
class Grants {
  /** More open grants than this are refused: every batch of usage reads them. */
  static final int MOST_OPEN = 200;

  /** How an organization pays. */
  enum Mode {
    PREPAID,
    POSTPAID
  }

  /** Terms of an organization; the limit is pico, 0 if it pays ahead. */
  record Terms(String currency, Mode mode, BigInteger creditLimit, BigInteger paid) {}

  /** A new grant. */
  record Fresh(
      long tenantId,
      String currency,
      Grant.Kind kind,
      int priority,
      Instant effectiveAt,
      @Nullable Instant expiresAt,
      BigInteger amount) {}

  private final JdbcClient jdbc;
  private final CreditLimits limits;
  private final Clock clock;

  Grants(JdbcClient jdbc, CreditLimits limits, Clock clock) {
    this.jdbc = jdbc;
    this.limits = limits;
    this.clock = clock;
  }

  /** The terms, locked; an organization begins with what its CREDIT budget begins with. */
  Terms lockTerms(long tenant) {
    if (terms(tenant).isEmpty()) {
      jdbc.sql(
              """
              insert into credit_account (tenant_id, currency, mode, credit_limit, paid)
              values (?, ?, 'POSTPAID', ?, 0) on conflict do nothing
              """)
          .params(tenant, limits.currency(tenant))
          .param(new BigDecimal(limits.opening(tenant).max(BigInteger.ZERO)))
          .update();
    }
    jdbc.sql("select 1 from credit_account where tenant_id = ? for update")
        .param(tenant)
        .query(row -> {});
    return terms(tenant).orElseThrow();
  }

  Optional<Terms> terms(long tenant) {
    return jdbc.sql("select * from credit_account where tenant_id = ?")
        .param(tenant)
        .query(
            (row, n) ->
                new Terms(
                    row.getString("currency"),
                    Mode.valueOf(row.getString("mode")),
                    row.getBigDecimal("credit_limit").toBigIntegerExact(),
                    row.getBigDecimal("paid").toBigIntegerExact()))
        .optional();
  }

  void setTerms(long tenant, Mode mode, BigInteger creditLimit) {
    jdbc.sql("update credit_account set mode = ?, credit_limit = ? where tenant_id = ?")
        .params(mode.name(), new BigDecimal(creditLimit), tenant)
        .update();
  }

  void addPaid(long tenant, BigInteger amount) {
    jdbc.sql("update credit_account set paid = paid + ? where tenant_id = ?")
        .params(new BigDecimal(amount), tenant)
        .update();
  }

  void insert(Fresh g, UUID journal) {
    jdbc.sql(
            """
            insert into credit_grant (tenant_id, currency, kind, priority, effective_at, expires_at,
              amount, remaining, journal_id)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        .params(g.tenantId, g.currency, g.kind.name(), g.priority)
        .param(g.effectiveAt.atOffset(ZoneOffset.UTC))
        .param(g.expiresAt == null ? null : g.expiresAt.atOffset(ZoneOffset.UTC))
        .params(new BigDecimal(g.amount), new BigDecimal(g.amount), journal)
        .update();
  }

  /** Takes a grant back that nobody drew from; false if it was drawn from. */
  boolean reverse(UUID journal) {
    return jdbc.sql(
                """
                update credit_grant set remaining = 0, reversed = true
                where journal_id = ? and remaining = amount
                """)
            .param(journal)
            .update()
        == 1;
  }

  /** Those with something left that have not expired, in the order in which they are drawn. */
  List<Grant> open(long tenant) {
    return jdbc
        .sql(
            """
            select * from credit_grant
            where tenant_id = ? and pays and (expires_at is null or expires_at > ?)
            """)
        .param(tenant)
        .param(clock.instant().atOffset(ZoneOffset.UTC))
        .query((row, n) -> Grant.read(row))
        .list()
        .stream()
        .sorted(Grant.DRAWN_FIRST)
        .toList();
  }
}
