package io.r1platform.billing.credit;

import io.r1platform.billing.ledger.Account;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** Credit as it stands in the store. */
record Grant(
    long id,
    long tenantId,
    String currency,
    Kind kind,
    int priority,
    Instant effectiveAt,
    @Nullable Instant expiresAt,
    BigInteger amount,
    BigInteger remaining) {
  /** Whose money it is; the first is drawn first. */
  enum Kind {
    PROMO,
    PAID
  }

  /** Promotional before paid, then by priority, expiry (never: last) and id. */
  static final Comparator<Grant> DRAWN_FIRST =
      Comparator.comparing(Grant::kind)
          .thenComparingInt(Grant::priority)
          .thenComparing(g -> g.expiresAt == null ? Instant.MAX : g.expiresAt)
          .thenComparingLong(Grant::id);

  /** Whether it may pay for what was admitted then; the moment of expiry is too late. */
  boolean covers(Instant admittedAt) {
    return !admittedAt.isBefore(effectiveAt)
        && (expiresAt == null || admittedAt.isBefore(expiresAt));
  }

  Account wallet() {
    return kind == Kind.PAID ? Account.WALLET_PAID : Account.WALLET_PROMO;
  }

  /** The UTC day on which the ledger lets it go. */
  @Nullable LocalDate expiresOn() {
    return expiresAt == null ? null : LocalDate.ofInstant(expiresAt, ZoneOffset.UTC);
  }

  static Grant read(ResultSet row) throws SQLException {
    var expires = row.getObject("expires_at", OffsetDateTime.class);
    return new Grant(
        row.getLong("grant_id"),
        row.getLong("tenant_id"),
        row.getString("currency"),
        Kind.valueOf(row.getString("kind")),
        row.getInt("priority"),
        row.getObject("effective_at", OffsetDateTime.class).toInstant(),
        expires == null ? null : expires.toInstant(),
        row.getBigDecimal("amount").toBigIntegerExact(),
        row.getBigDecimal("remaining").toBigIntegerExact());
  }
}
