package io.r1platform.billing.invoices;

import io.r1platform.billing.invoices.Assembled.Taxed;
import io.r1platform.billing.invoices.InvoiceRow.Status;
import io.r1platform.billing.invoices.Line.Tax;
import java.math.BigInteger;
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
   * draft. What is finalized stays as it is; where nothing is due, there is no invoice. Nor is
   * there where a later month is finalized: all that is due goes on with the one after that.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public Optional<InvoiceRow> build(long tenant, String currency, YearMonth month) {
    Instant now = clock.instant();
    Optional<InvoiceRow> known = table.living(tenant, currency, month);
    if (known.isPresent() && !known.get().isEditable()) {
      return known;
    }
    DueLines.Due all =
        table.isPassed(tenant, currency, month)
            ? DueLines.Due.NOTHING
            : due.until(tenant, currency, month);
    LocalDate last = month.atEndOfMonth();
    boolean over = !now.isBefore(last.plusDays(1).atStartOfDay().toInstant(ZoneOffset.UTC));
    boolean draft = over || known.filter(row -> row.status() == Status.DRAFT).isPresent();
    Status status = draft ? Status.DRAFT : Status.OPEN;
    if (all.isNothing()) {
      known.ifPresent(
          row -> {
            if (!table.remove(row.id())) {
              table.fill(row.id(), status, Assembled.NOTHING, BigInteger.ZERO, now);
            }
          });
      return Optional.empty();
    }
    Assembled assembled = assemble(tenant, currency, last, all);
    long id =
        known
            .map(InvoiceRow::id)
            .orElseGet(
                () ->
                    table.insert(
                        tenant, InvoiceRow.Kind.INVOICE, status, month, currency, null, now));
    BigInteger carried = assembled.netPico().subtract(all.sum());
    table.fill(id, status, assembled, all.ledger().add(carried), now);
    return Optional.of(table.get(id));
  }

  private Assembled assemble(long tenant, String currency, LocalDate last, DueLines.Due all) {
    Map<Line.Kind, Tax> taxed = taxes.of(tenant, profiles.of(tenant).country(), last);
    return Carry.assemble(
        all.lines().stream().map(one -> new Taxed(one.line(), tax(one, taxed))).toList(),
        MinorUnit.of(currency));
  }

  /** What was carried here stays in the tax that it was in, at the rate of then. */
  private static Tax tax(Taxed one, Map<Line.Kind, Tax> taxed) {
    Line.Kind kind = one.line().kind();
    return kind == Line.Kind.CARRIED ? one.tax() : taxed.getOrDefault(kind, Tax.NONE);
  }
}
