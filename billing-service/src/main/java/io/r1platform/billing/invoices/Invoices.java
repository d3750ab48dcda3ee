package io.r1platform.billing.invoices;

import io.r1platform.billing.adjustments.PeriodEnds;
import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.invoices.InvoiceRow.Kind;
import io.r1platform.billing.invoices.InvoiceRow.Status;
import io.r1platform.billing.ledger.Account;
import io.r1platform.billing.ledger.Journal;
import io.r1platform.billing.ledger.Ledger;
import io.r1platform.billing.ledger.Transfer;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/**
 * Finalizes invoices and makes them void. Each is one transaction with the organization's lock, its
 * lines, its journal and, last, its number: whatever fails, nothing happened.
 */
@Component
class Invoices {
  private final Drafts drafts;
  private final Blockers blockers;
  private final InvoiceTable table;
  private final Profiles profiles;
  private final Paid paid;
  private final UsageRoots usageRoots;
  private final PeriodEnds periodEnds;
  private final Ledger ledger;
  private final InvoiceSettings settings;
  private final ApplicationEventPublisher events;
  private final JsonMapper json;
  private final Clock clock;

  Invoices(
      Drafts drafts,
      Blockers blockers,
      InvoiceTable table,
      Profiles profiles,
      Paid paid,
      UsageRoots usageRoots,
      PeriodEnds periodEnds,
      Ledger ledger,
      InvoiceSettings settings,
      ApplicationEventPublisher events,
      JsonMapper json,
      Clock clock) {
    this.drafts = drafts;
    this.blockers = blockers;
    this.table = table;
    this.profiles = profiles;
    this.paid = paid;
    this.usageRoots = usageRoots;
    this.periodEnds = periodEnds;
    this.ledger = ledger;
    this.settings = settings;
    this.events = events;
    this.json = json;
    this.clock = clock;
  }

  /** Adds up a month anew, its tiers and commitments first; nothing where nothing is due. */
  @Transactional
  public Optional<InvoiceRow> build(long tenant, String currency, YearMonth month) {
    table.lock(tenant);
    periodEnds.settle(tenant);
    return drafts.build(tenant, currency, month);
  }

  /**
   * The same, and finalizes it if it is a draft that nothing blocks.
   *
   * @param shared what blocks each organization's month
   * @return whether it was finalized now
   */
  @Transactional
  public boolean close(
      long tenant, String currency, YearMonth month, Map<Blocker.Code, String> shared) {
    Optional<InvoiceRow> built =
        build(tenant, currency, month).filter(row -> row.status() == Status.DRAFT);
    if (built.isEmpty() || blockers.of(built.get(), shared).stream().anyMatch(Blocker::blocks)) {
      return false;
    }
    finalizeBuilt(built.get(), "job:monthly-close");
    return true;
  }

  /**
   * Finalizes a draft; one that is finalized stays as it is, whoever asks.
   *
   * @throws ServiceException {@code invoice_blocked} with what blocks it
   */
  @Transactional
  public InvoiceRow finalizeDraft(long id, String actor) {
    InvoiceRow row = lock(id);
    if (!row.isEditable()) {
      return row;
    }
    if (row.status() == Status.OPEN && clock.instant().isBefore(row.end())) {
      throw ServiceException.invalidRequest("Its month is not over.");
    }
    InvoiceRow built =
        build(row.tenantId(), row.currency(), row.month())
            .orElseThrow(() -> ServiceException.invalidRequest("Nothing is due any more."));
    List<Blocker> blocking = blockers.of(built).stream().filter(Blocker::blocks).toList();
    if (!blocking.isEmpty()) {
      throw ServiceException.invoiceBlocked(
          blocking.stream().map(b -> b.code() + ": " + b.what()).toList());
    }
    return finalizeBuilt(built, actor);
  }

  private InvoiceRow finalizeBuilt(InvoiceRow built, String actor) {
    var journal =
        new Journal(
            Journal.idOf("invoice|" + built.id()),
            Journal.Kind.INVOICE,
            Map.of("invoice", Long.toString(built.id()), "month", built.month().toString()),
            transfers(built, today()));
    usageRoots.note(built); // hashes all records, so before others wait for the ledger's rows
    ledger.post(journal);
    issue(built, settings.prefix(), journal.id(), null, actor);
    return issued(built.id());
  }

  /**
   * Makes an unpaid invoice void: its journal is reversed, its usage is due again, its number
   * stays.
   *
   * @throws ServiceException {@code invalid_request} if it is no finalized invoice, if money or a
   *     credit note is on it; {@code already_decided} if it is void by another command
   */
  @Transactional
  public InvoiceRow makeVoid(long id, UUID command, String actor, String reason) {
    InvoiceRow row = lock(id);
    if (row.status() == Status.VOID) {
      if (command.equals(row.voidCommandId())) {
        return row;
      }
      throw ServiceException.alreadyDecided("made void", String.valueOf(row.voidedBy()));
    }
    UUID journal = row.journalId();
    if (row.kind() != Kind.INVOICE || journal == null) {
      throw ServiceException.invalidRequest("Only a finalized invoice is made void.");
    }
    Paid.Standing standing = paid.of(row.tenantId(), row.currency()).get(id);
    if (standing != null && standing.paid() != 0) {
      throw ServiceException.invalidRequest(
          "Money is on it: give it back first, or write a credit note.");
    }
    if (!table.creditedLines(id).isEmpty()) {
      throw ServiceException.invalidRequest("A credit note refers to it.");
    }
    UUID reversal = ledger.reverse(journal, command, reason);
    table.makeVoid(id, command, actor, reason, reversal, clock.instant());
    InvoiceRow done = table.get(id);
    events.publishEvent(
        new InvoiceChanged(id, row.tenantId(), row.month(), InvoiceChanged.What.VOID));
    return done;
  }

  /** Locks the organization, then reads: what was read before may have changed. */
  InvoiceRow lock(long id) {
    table.lock(table.get(id).tenantId());
    return table.get(id);
  }

  /** Numbers and copies; the last statement that others wait for. */
  void issue(InvoiceRow row, String prefix, UUID journal, @Nullable UUID command, String actor) {
    Profiles.Profile profile = profiles.of(row.tenantId());
    Instant now = clock.instant();
    boolean charges = row.kind() == Kind.INVOICE;
    table.issue(
        row.id(),
        new InvoiceTable.Issue(
            prefix,
            now,
            actor,
            charges ? today().plusDays(profile.dueDays()) : today(),
            charges ? "NET_%d".formatted(profile.dueDays()) : "CREDIT",
            json.writeValueAsString(settings.party()),
            json.writeValueAsString(profile),
            journal,
            command));
  }

  InvoiceRow issued(long id) {
    InvoiceRow row = table.get(id);
    events.publishEvent(
        new InvoiceChanged(id, row.tenantId(), row.month(), InvoiceChanged.What.FINALIZED));
    return row;
  }

  private static List<Transfer> transfers(InvoiceRow row, LocalDate day) {
    MinorUnit unit = MinorUnit.of(row.currency());
    BigInteger rounding = unit.picoOf(row.netMinor()).subtract(row.netPico());
    var transfers = new ArrayList<Transfer>();
    add(transfers, row, day, Account.ACCRUED, row.netPico());
    add(transfers, row, day, Account.TAX_PAYABLE, unit.picoOf(row.taxMinor()));
    add(transfers, row, day, Account.ROUNDING, rounding);
    return transfers;
  }

  /** From an account to what the organization is asked for; below 0 the other way. */
  private static void add(
      List<Transfer> to, InvoiceRow row, LocalDate day, Account from, BigInteger amount) {
    if (amount.signum() != 0) {
      boolean asks = amount.signum() > 0;
      to.add(
          new Transfer(
              row.tenantId(),
              row.currency(),
              day,
              asks ? Account.RECEIVABLE : from,
              asks ? from : Account.RECEIVABLE,
              amount.abs()));
    }
  }

  private LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }
}
