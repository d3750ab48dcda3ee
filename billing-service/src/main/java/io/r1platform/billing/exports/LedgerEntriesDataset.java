package io.r1platform.billing.exports;

import static io.r1platform.billing.exports.Column.Type.BIGINT;
import static io.r1platform.billing.exports.Column.Type.DECIMAL;
import static io.r1platform.billing.exports.Column.Type.TEXT;
import static io.r1platform.billing.exports.Column.Type.TIMESTAMP;

import java.util.List;
import org.springframework.stereotype.Component;

/** Each entry of the ledger, under its UTC day. */
@Component
class LedgerEntriesDataset extends Dataset {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("journal_id", TEXT, false, "the journal; with ord the key"),
          new Column("ord", BIGINT, false, "the entry's number in it"),
          new Column("account", TEXT, false, "accrued, revenue, receivable, …"),
          new Column("organization_id", BIGINT, false, "whose account"),
          new Column("effective_on", TEXT, false, "the UTC day under which it counts"),
          new Column("amount_pico", TEXT, false, "+ debit, - credit, in 10^-12 of the currency"),
          new Column("currency", TEXT, false, "ISO 4217"),
          new Column("created_at", TIMESTAMP, false, "when it was posted"),
          new Column("kind", TEXT, false, "of the journal: USAGE, INVOICE, PAYMENT, …"),
          new Column("amount", DECIMAL, false, "+ debit, - credit, in the currency, exact"));

  private static final String SQL =
      """
      select journal_id::text as journal_id, ord, account, tenant_id as organization_id,
        effective_on::text as effective_on, amount::text as amount_pico, currency, created_at, kind,
        amount * 0.000000000001 as amount
      from posted_entry
      where effective_on >= (:from at time zone 'UTC')::date
        and effective_on < (:to at time zone 'UTC')::date
        and (:organization is null or tenant_id = :organization)
      order by posted_entry.effective_on, posted_entry.journal_id, ord
      """;

  LedgerEntriesDataset() {
    super("ledger_entries", COLUMNS, SQL);
  }

  @Override
  public boolean ofWholeDays() {
    return true;
  }
}
