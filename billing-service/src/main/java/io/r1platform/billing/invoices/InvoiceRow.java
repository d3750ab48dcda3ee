package io.r1platform.billing.invoices;

import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An invoice or credit note without its lines.
 *
 * @param month the UTC month it closes; of a credit note, that of its invoice
 * @param builtAt when its lines were added up; of what is finalized, when it was
 * @param netPico the exact sum of the lines but tax
 * @param ledgerPico what the ledger said was due then
 * @param referenceId of a credit note: the invoice
 * @param usageRoot hexadecimal, as {@code checkpointSize} null where nobody noted it
 * @param issuer JSON, as {@code customer}: who bills whom, copied when it was finalized
 */
record InvoiceRow(
    long id,
    long tenantId,
    Kind kind,
    Status status,
    YearMonth month,
    String currency,
    Instant builtAt,
    BigInteger netPico,
    BigInteger ledgerPico,
    long netMinor,
    long taxMinor,
    @Nullable Long referenceId,
    @Nullable String number,
    @Nullable Instant issuedAt,
    @Nullable String issuedBy,
    @Nullable LocalDate dueOn,
    @Nullable String terms,
    @Nullable String issuer,
    @Nullable String customer,
    @Nullable UUID journalId,
    @Nullable UUID commandId,
    @Nullable String usageRoot,
    @Nullable Long checkpointSize,
    @Nullable Instant voidedAt,
    @Nullable String voidedBy,
    @Nullable String voidReason,
    @Nullable UUID voidCommandId) {
  /** What it is. */
  enum Kind {
    INVOICE,
    CREDIT_NOTE
  }

  /** Where it stands. */
  enum Status {
    /** Its month runs. */
    OPEN,
    /** Its month is over; late usage still comes. */
    DRAFT,
    /** Immutable. */
    FINALIZED,
    /** Taken back; keeps its number. */
    VOID;

    String code() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  long totalMinor() {
    return Math.addExact(netMinor, taxMinor);
  }

  boolean isEditable() {
    return status == Status.OPEN || status == Status.DRAFT;
  }

  /** Whether it asks for money. */
  boolean isReceivable() {
    return status == Status.FINALIZED && kind == Kind.INVOICE;
  }

  /** The first moment after its month. */
  Instant end() {
    return month.plusMonths(1).atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC);
  }

  static InvoiceRow read(ResultSet row) throws SQLException {
    return new InvoiceRow(
        row.getLong("invoice_id"),
        row.getLong("tenant_id"),
        Kind.valueOf(row.getString("kind")),
        Status.valueOf(row.getString("status").toUpperCase(java.util.Locale.ROOT)),
        YearMonth.from(
            row.getObject("from_at", OffsetDateTime.class).withOffsetSameInstant(ZoneOffset.UTC)),
        row.getString("currency"),
        row.getObject("built_at", OffsetDateTime.class).toInstant(),
        row.getBigDecimal("net_pico").toBigIntegerExact(),
        row.getBigDecimal("ledger_pico").toBigIntegerExact(),
        row.getLong("net_minor"),
        row.getLong("tax_minor"),
        row.getObject("reference_id", Long.class),
        row.getString("number"),
        moment(row, "issued_at"),
        row.getString("issued_by"),
        row.getObject("due_on", LocalDate.class),
        row.getString("terms"),
        row.getString("issuer"),
        row.getString("customer"),
        row.getObject("journal_id", UUID.class),
        row.getObject("command_id", UUID.class),
        hex(row.getBytes("usage_root")),
        row.getObject("checkpoint_size", Long.class),
        moment(row, "voided_at"),
        row.getString("voided_by"),
        row.getString("void_reason"),
        row.getObject("void_command_id", UUID.class));
  }

  private static @Nullable String hex(byte @Nullable [] bytes) {
    return bytes == null ? null : HexFormat.of().formatHex(bytes);
  }

  private static @Nullable Instant moment(ResultSet row, String column) throws SQLException {
    OffsetDateTime moment = row.getObject(column, OffsetDateTime.class);
    return moment == null ? null : moment.toInstant();
  }
}
