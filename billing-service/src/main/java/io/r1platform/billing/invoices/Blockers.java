package io.r1platform.billing.invoices;

import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.invoices.Blocker.Code;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Finds what keeps an invoice from being finalized. Tiers and commitments are settled by the
 * finalization itself, and an expiry is in the ledger since its grant: neither can be late.
 */
@Component
class Blockers {
  private final JdbcClient jdbc;
  private final SharedBlockers shared;
  private final Profiles profiles;
  private final Clock clock;

  Blockers(JdbcClient jdbc, SharedBlockers shared, Profiles profiles, Clock clock) {
    this.jdbc = jdbc;
    this.shared = shared;
    this.profiles = profiles;
    this.clock = clock;
  }

  /** All of them, the waived ones too. */
  List<Blocker> of(InvoiceRow invoice) {
    return of(invoice, shared.of(invoice.month()));
  }

  /**
   * The same.
   *
   * @param shared what {@link SharedBlockers} say of its month
   */
  List<Blocker> of(InvoiceRow invoice, Map<Code, String> shared) {
    Map<Code, String> waivers = waivers(invoice.id());
    var found = new ArrayList<Blocker>();
    for (Code code : Code.values()) {
      own(code, invoice)
          .or(() -> Optional.ofNullable(shared.get(code)))
          .ifPresent(what -> found.add(new Blocker(code, what, waivers.get(code))));
    }
    return found;
  }

  private Optional<String> own(Code code, InvoiceRow invoice) {
    return switch (code) {
      case GRACE, STREAM, RECONCILIATION, LAW -> Optional.empty();
      case HELD -> held(invoice.tenantId());
      case PROFILE ->
          profiles.find(invoice.tenantId()).isPresent()
              ? Optional.empty()
              : Optional.of("The organization has no billing profile.");
      case EARLIER -> earlier(invoice);
      case LEDGER ->
          invoice.netPico().equals(invoice.ledgerPico())
              ? Optional.empty()
              : Optional.of(
                  "Its lines are %s pico, the ledger has %s."
                      .formatted(invoice.netPico(), invoice.ledgerPico()));
    };
  }

  private Optional<String> held(long tenant) {
    long count =
        jdbc.sql(
                """
                select count(*) from usage_held where resolved is null and reason <> 'MALFORMED'
                  and substring(record from 25 for 8) = int8send(?)
                """)
            .param(tenant)
            .query(Long.class)
            .single();
    return count == 0
        ? Optional.empty()
        : Optional.of("Records that nobody has decided: %d.".formatted(count));
  }

  private Optional<String> earlier(InvoiceRow invoice) {
    return jdbc.sql(
            """
            select to_char(min(lower(period)) at time zone 'UTC', 'YYYY-MM') from invoice
            where tenant_id = ? and currency = ? and kind = 'INVOICE' and status = 'draft'
              and lower(period) < ?
              and exists (select from invoice_line l where l.invoice_id = invoice.invoice_id)
            """)
        .params(invoice.tenantId(), invoice.currency())
        .param(invoice.month().atDay(1).atStartOfDay().atOffset(ZoneOffset.UTC))
        .query(String.class)
        .optional()
        .map("%s is not finalized."::formatted);
  }

  private Map<Code, String> waivers(long invoice) {
    var waivers = new EnumMap<Code, String>(Code.class);
    jdbc.sql("select blocker, actor, reason from invoice_waiver where invoice_id = ?")
        .param(invoice)
        .query(
            row -> {
              waivers.put(
                  Code.valueOf(row.getString("blocker")),
                  "%s: %s".formatted(row.getString("actor"), row.getString("reason")));
            });
    return waivers;
  }

  /**
   * Sets a blocker aside for good; the same command again does nothing.
   *
   * @throws ServiceException {@code invalid_request} for one that cannot be waived; {@code
   *     already_decided} if somebody else did
   */
  @Transactional
  public void waive(InvoiceRow invoice, Code code, UUID command, String actor, String reason) {
    if (!code.isWaivable()) {
      throw ServiceException.invalidRequest("%s cannot be waived.".formatted(code));
    }
    if (!invoice.isEditable()) {
      throw ServiceException.invalidRequest("It is finalized: nothing blocks it.");
    }
    int done =
        jdbc.sql(
                """
                insert into invoice_waiver (invoice_id, blocker, command_id, reason, actor,
                  waived_at)
                values (?, ?, ?, ?, ?, ?) on conflict (invoice_id, blocker) do nothing
                """)
            .params(invoice.id(), code.name(), command, reason, actor)
            .param(clock.instant().atOffset(ZoneOffset.UTC))
            .update();
    if (done == 0) {
      requireSame(invoice.id(), code, command);
    }
  }

  private void requireSame(long invoice, Code code, UUID command) {
    jdbc.sql("select command_id, actor from invoice_waiver where invoice_id = ? and blocker = ?")
        .params(invoice, code.name())
        .query(
            row -> {
              if (!command.equals(row.getObject("command_id", UUID.class))) {
                throw ServiceException.alreadyDecided("waived", row.getString("actor"));
              }
            });
  }
}
