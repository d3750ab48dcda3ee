package io.r1platform.billing.invoices;

import io.r1platform.billing.invoices.InvoiceRow.Status;
import io.r1platform.billing.invoices.Line.Tax;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Builds what is not finalized, as often as it is asked. */
@Component
class Drafts {
  private final DueLines due;
  private final TaxRules taxes;
  private final Profiles profiles;
  private final InvoiceTable table;
  private final Clock clock;

  Drafts(DueLines due, TaxRules taxes, Profiles profiles, InvoiceTable table, Clock clock) {
    this.due = due;
    this.taxes = taxes;
    this.profiles = profiles;
    this.table = table;
    this.clock = clock;
  }

  /**
   * Adds up an organization's month anew, with its lock held: open while the month runs, then a
   * draft. What is finalized stays as it is; where nothing is due, there is no invoice.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public Optional<InvoiceRow> build(long tenant, String currency, YearMonth month) {
    Instant now = clock.instant();
    Optional<InvoiceRow> known = table.living(tenant, currency, month);
    if (known.isPresent() && !known.get().isEditable()) {
      return known;
    }
    DueLines.Due all = due.until(tenant, currency, month);
    boolean empty = all.lines().isEmpty() && all.ledger().signum() == 0;
    if (empty && (known.isEmpty() || table.remove(known.get().id()))) {
      return Optional.empty();
    }
    LocalDate last = month.atEndOfMonth();
    Map<Line.Kind, Tax> taxed = taxes.of(tenant, profiles.of(tenant).country(), last);
    var assembled =
        Assembled.of(
            all.lines(), line -> taxed.getOrDefault(line.kind(), Tax.NONE), MinorUnit.of(currency));
    boolean over = !now.isBefore(last.plusDays(1).atStartOfDay().toInstant(ZoneOffset.UTC));
    boolean draft = over || known.filter(row -> row.status() == Status.DRAFT).isPresent();
    Status status = draft ? Status.DRAFT : Status.OPEN;
    long id =
        known
            .map(InvoiceRow::id)
            .orElseGet(
                () ->
                    table.insert(
                        tenant, InvoiceRow.Kind.INVOICE, status, month, currency, null, now));
    table.fill(id, status, assembled, all.ledger(), now);
    return Optional.of(table.get(id));
  }
}
