package io.r1platform.billing.invoices;

import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.invoices.InvoiceRow.Kind;
import io.r1platform.billing.invoices.InvoiceRow.Status;
import io.r1platform.billing.invoices.Line.Rounded;
import io.r1platform.billing.invoices.Line.Tax;
import io.r1platform.billing.ledger.Account;
import io.r1platform.billing.ledger.Journal;
import io.r1platform.billing.ledger.Ledger;
import io.r1platform.billing.ledger.Transfer;
import java.math.BigInteger;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Gives back lines of a finalized invoice, whole or in part, with their tax. A credit note takes
 * from the revenue, and leaves the usage billed.
 */
@Component
class CreditNotes {
  /** Minor units to give back of a line; never more than what is left of it. */
  record Part(int lineNo, long minor) {}

  private final Invoices invoices;
  private final InvoiceTable table;
  private final Ledger ledger;
  private final InvoiceSettings settings;
  private final Clock clock;

  CreditNotes(
      Invoices invoices, InvoiceTable table, Ledger ledger, InvoiceSettings settings, Clock clock) {
    this.invoices = invoices;
    this.table = table;
    this.ledger = ledger;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Writes one; the same command again gives the same one.
   *
   * @param parts what to give back; none: all that is left of every line
   * @throws ServiceException {@code invalid_request} if it is no finalized invoice, or so much is
   *     not left; {@code command_conflict}
   */
  @Transactional
  public InvoiceRow write(
      long invoiceId, UUID command, String actor, String reason, List<Part> parts) {
    InvoiceRow invoice = invoices.lock(invoiceId);
    Optional<InvoiceRow> known = table.madeBy(command);
    if (known.isPresent()) {
      if (!Long.valueOf(invoiceId).equals(known.get().referenceId())) {
        throw ServiceException.commandConflict(command.toString());
      }
      return known.get();
    }
    if (invoice.kind() != Kind.INVOICE || invoice.status() != Status.FINALIZED) {
      throw ServiceException.invalidRequest("Only a finalized invoice has credit notes.");
    }
    Assembled note = assemble(invoice, reason, parts);
    if (note.netMinor() >= 0) {
      throw ServiceException.invalidRequest("It gives nothing back.");
    }
    long rest =
        invoice.totalMinor()
            + table.creditedLines(invoiceId).stream().mapToLong(Rounded::minor).sum();
    if (-(note.netMinor() + note.taxMinor())
        > rest) { // what credit paid is not given back as money
      throw ServiceException.invalidRequest("Of the invoice so much is left: %d.".formatted(rest));
    }
    long id =
        table.insert(
            invoice.tenantId(),
            Kind.CREDIT_NOTE,
            Status.DRAFT,
            invoice.month(),
            invoice.currency(),
            invoiceId,
            clock.instant());
    table.fill(id, Status.DRAFT, note, note.netPico(), clock.instant());
    InvoiceRow row = table.get(id);
    var journal =
        new Journal(
            Journal.idOf("invoice|" + id),
            Journal.Kind.INVOICE,
            Map.of("credit_note", Long.toString(id), "invoice", Long.toString(invoiceId)),
            transfers(row));
    ledger.post(journal);
    invoices.issue(row, settings.prefix() + "-CN", journal.id(), command, actor);
    return invoices.issued(id);
  }

  private Assembled assemble(InvoiceRow invoice, String reason, List<Part> parts) {
    MinorUnit unit = MinorUnit.of(invoice.currency());
    List<Rounded> lines = table.lines(invoice.id());
    Map<Integer, Long> left = left(lines, table.creditedLines(invoice.id()));
    Map<Integer, Long> back = parts.isEmpty() ? left : asked(parts, left);
    var given = new ArrayList<Rounded>();
    var byTax = new LinkedHashMap<Tax, Long>();
    long net = 0;
    for (var entry : back.entrySet()) {
      long minor = -entry.getValue();
      if (minor != 0) {
        Tax tax = lines.get(entry.getKey() - 1).tax();
        Line line = Line.adjustment(entry.getKey(), reason, unit.picoOf(minor));
        given.add(new Rounded(line, minor, tax));
        byTax.merge(tax, minor, Math::addExact);
        net = Math.addExact(net, minor);
      }
    }
    long taxed = 0;
    for (var entry : byTax.entrySet()) {
      Tax tax = entry.getKey();
      if (tax.code() != null) {
        long due = taxBack(invoice, lines, left, tax, entry.getValue());
        given.add(new Rounded(Line.tax(unit.picoOf(due)), due, tax));
        taxed = Math.addExact(taxed, due);
      }
    }
    return new Assembled(given, unit.picoOf(net), net, taxed);
  }

  /** Of the net given back, but all that is left of the tax with all that is left of its net. */
  private long taxBack(
      InvoiceRow invoice, List<Rounded> lines, Map<Integer, Long> left, Tax tax, long net) {
    long netLeft = 0;
    for (var entry : left.entrySet()) {
      if (lines.get(entry.getKey() - 1).tax().equals(tax)) {
        netLeft = Math.addExact(netLeft, entry.getValue());
      }
    }
    long taxLeft = taxOf(lines, tax) + taxOf(table.creditedLines(invoice.id()), tax);
    return netLeft == -net ? -taxLeft : Math.max(Rounding.tax(net, tax.ppm()), -taxLeft);
  }

  private static long taxOf(List<Rounded> lines, Tax tax) {
    return lines.stream()
        .filter(line -> line.line().kind() == Line.Kind.TAX && line.tax().equals(tax))
        .mapToLong(Rounded::minor)
        .sum();
  }

  /** Minor units that no credit note has given back, by line. */
  private static Map<Integer, Long> left(List<Rounded> lines, List<Rounded> credited) {
    var left = new LinkedHashMap<Integer, Long>();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).line().kind() != Line.Kind.TAX) {
        left.put(i + 1, lines.get(i).minor());
      }
    }
    for (Rounded line : credited) {
      Integer of = line.line().referenceLine();
      if (of != null) {
        left.merge(of, line.minor(), Math::addExact);
      }
    }
    return left;
  }

  private static Map<Integer, Long> asked(List<Part> parts, Map<Integer, Long> left) {
    var asked = new HashMap<Integer, Long>();
    for (Part part : parts) {
      long rest = left.getOrDefault(part.lineNo, 0L);
      boolean fits =
          rest >= 0 ? part.minor > 0 && part.minor <= rest : part.minor < 0 && part.minor >= rest;
      if (!fits || asked.put(part.lineNo, part.minor) != null) {
        throw ServiceException.invalidRequest(
            "Of line %d so much is left: %d.".formatted(part.lineNo, rest));
      }
    }
    return new java.util.TreeMap<>(asked);
  }

  private List<Transfer> transfers(InvoiceRow note) {
    LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    MinorUnit unit = MinorUnit.of(note.currency());
    var transfers = new ArrayList<Transfer>();
    add(transfers, note, today, Account.REVENUE, unit.picoOf(-note.netMinor()));
    add(transfers, note, today, Account.TAX_PAYABLE, unit.picoOf(-note.taxMinor()));
    return transfers;
  }

  private static void add(
      List<Transfer> to, InvoiceRow note, LocalDate day, Account debit, BigInteger amount) {
    if (amount.signum() > 0) {
      to.add(
          new Transfer(note.tenantId(), note.currency(), day, debit, Account.RECEIVABLE, amount));
    } else if (amount.signum() < 0) { // a tax on credit, which lowered the invoice's
      to.add(
          new Transfer(
              note.tenantId(), note.currency(), day, Account.RECEIVABLE, debit, amount.negate()));
    }
  }
}
