package io.r1platform.billing.bundles;

import io.r1platform.billing.receipts.BilledUsage;
import io.r1platform.receipts.Hash;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import org.jspecify.annotations.Nullable;

/**
 * An invoice as its bundle needs it.
 *
 * @param month UTC
 * @param number null: it is not finalized
 * @param usageRoot what it said of its records when it was finalized; null as {@code logSize}
 * @param logSize of the log when it was finalized; null: nobody noted it
 * @param earlier month of the finalized invoice before, null: there is none
 * @param earlierSize its log size
 */
record Billed(
    long invoiceId,
    long organization,
    String status,
    YearMonth month,
    String currency,
    @Nullable String number,
    @Nullable Instant issuedAt,
    BigInteger netPico,
    @Nullable Hash usageRoot,
    @Nullable Long logSize,
    @Nullable YearMonth earlier,
    @Nullable Long earlierSize) {

  boolean isFinalized() {
    return status.equals("finalized");
  }

  /** Its usage; of an invoice whose log size nobody noted, what the log has by now. */
  BilledUsage usage(long logSizeNow) {
    return new BilledUsage(
        organization,
        month,
        currency,
        logSize == null ? logSizeNow : logSize,
        earlier,
        earlierSize);
  }

  static Billed read(ResultSet row) throws SQLException {
    OffsetDateTime issued = row.getObject("issued_at", OffsetDateTime.class);
    byte[] root = row.getBytes("usage_root");
    LocalDate earlier = row.getObject("earlier_month", LocalDate.class);
    return new Billed(
        row.getLong("invoice_id"),
        row.getLong("tenant_id"),
        row.getString("status"),
        YearMonth.from(row.getObject("month", LocalDate.class)),
        row.getString("currency"),
        row.getString("number"),
        issued == null ? null : issued.toInstant(),
        row.getBigDecimal("net_pico").toBigIntegerExact(),
        root == null ? null : Hash.of(root),
        row.getObject("checkpoint_size", Long.class),
        earlier == null ? null : YearMonth.from(earlier),
        row.getObject("earlier_size", Long.class));
  }
}
