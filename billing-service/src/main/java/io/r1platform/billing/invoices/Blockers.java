package io.r1platform.billing.invoices;

import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.invoices.Blocker.Code;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
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
  private final Profiles profiles;
  private final InvoiceSettings settings;
  private final Clock clock;

  Blockers(JdbcClient jdbc, Profiles profiles, InvoiceSettings settings, Clock clock) {
    this.jdbc = jdbc;
    this.profiles = profiles;
    this.settings = settings;
    this.clock = clock;
  }

  /** All of them, the waived ones too. */
  List<Blocker> of(InvoiceRow invoice) {
    Map<Code, String> waivers = waivers(invoice.id());
    var found = new ArrayList<Blocker>();
    for (Code code : Code.values()) {
      what(code, invoice).ifPresent(what -> found.add(new Blocker(code, what, waivers.get(code))));
    }
    return found;
  }

  private Optional<String> what(Code code, InvoiceRow invoice) {
    return switch (code) {
      case GRACE -> grace(invoice);
      case STREAM -> stream(invoice.end());
      case HELD -> held(invoice.tenantId());
      case RECONCILIATION -> reconciliation(invoice);
      case LAW -> law(invoice.end());
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
      case NEGATIVE ->
          invoice.netMinor() < 0 || invoice.netPico().signum() < 0
              ? Optional.of("It is below 0: it goes on with the next month's invoice.")
              : Optional.empty();
    };
  }

  private Optional<String> grace(InvoiceRow invoice) {
    Instant from = invoice.end().plus(settings.grace());
    return clock.instant().isBefore(from)
        ? Optional.of("Late usage gets onto it until %s.".formatted(from))
        : Optional.empty();
  }

  private Optional<String> stream(Instant end) {
    return jdbc.sql(
            """
            select string_agg(source || ' ' || replica_id || '.' || epoch || ' since '
              || to_char(coalesce(gap_since, seen_at) at time zone 'UTC', 'YYYY-MM-DD HH24:MI'),
              ', ')
            from (select * from usage_stream
              where not closed and coalesce(gap_since, seen_at) < ?
              order by source, replica_id, epoch limit 10) s
            """)
        .param(end.atOffset(ZoneOffset.UTC))
        .query(String.class)
        .optional()
        .map("Streams that have not said all of the month: %s."::formatted);
  }

  /** Of the organization, or of nobody knows whom. */
  private Optional<String> held(long tenant) {
    long count =
        jdbc.sql(
                """
                select (select count(*) from usage_held where resolved is null
                    and (reason = 'MALFORMED' or substring(record from 25 for 8) = int8send(?)))
                  + (select count(*) from engine_held where resolved is null)
                """)
            .param(tenant)
            .query(Long.class)
            .single();
    return count == 0
        ? Optional.empty()
        : Optional.of("Records that nobody has decided: %d.".formatted(count));
  }

  /**
   * Days with usage that was not compared since, or that differ. What happened after the month is
   * not asked: a day that is not over differs.
   */
  private Optional<String> reconciliation(InvoiceRow invoice) {
    LocalDate first = invoice.month().atDay(1);
    return jdbc.sql(
            """
            select string_agg(day::text || case when checked.differences > 0
              then ' (' || checked.differences || ' differ)' else ' (not compared)' end, ', '
              order by day)
            from (select (hour at time zone 'UTC')::date as day, sum(requests) as requests,
                sum(amount) as amount
              from usage_hourly
              where hour >= cast(:from as timestamptz) and hour < cast(:end as timestamptz)
              group by 1) now
            full join (select * from reconciliation_day where day >= :first and day < :next) checked
              using (day)
            where checked.differences is distinct from 0
              or (now.requests, now.amount) is distinct from (checked.requests, checked.amount)
                and now.requests is not null
            """)
        .param("from", first.atStartOfDay().atOffset(ZoneOffset.UTC))
        .param("end", invoice.end().atOffset(ZoneOffset.UTC))
        .param("first", first)
        .param("next", first.plusMonths(1))
        .query(String.class)
        .optional()
        .map("Days that are not reconciled: %s."::formatted);
  }

  private Optional<String> law(Instant end) {
    return jdbc.sql(
            """
            select checked_at >= :end and broken = 0 from law_checked
            order by check_id desc limit 1
            """)
        .param("end", end.atOffset(ZoneOffset.UTC))
        .query(Boolean.class)
        .optional()
        .filter(clean -> clean)
        .map(clean -> Optional.<String>empty())
        .orElseGet(
            () ->
                Optional.of(
                    "The conservation law was not found unbroken since the end of the month."));
  }

  private Optional<String> earlier(InvoiceRow invoice) {
    return jdbc.sql(
            """
            select to_char(min(lower(period)) at time zone 'UTC', 'YYYY-MM') from invoice
            where tenant_id = ? and currency = ? and kind = 'INVOICE' and status = 'draft'
              and lower(period) < ? and net_pico >= 0 and net_minor >= 0
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
