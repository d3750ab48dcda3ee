package io.r1platform.billing.invoices;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.errors.ErrorCode;
import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.observability.BillingMetric;
import java.time.Clock;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Builds each organization's open invoice and its drafts, and finalizes what nothing blocks. Each
 * step is a transaction of one organization's month, so a run that was cut off is gone on with by
 * the next, and running it again does nothing twice.
 */
@Component
class MonthlyClose {
  private static final Logger LOG = LoggerFactory.getLogger(MonthlyClose.class);

  /** What came of a month. */
  enum Result {
    /** It has a number now. */
    FINALIZED,
    /** It waits, for its end or for what blocks it. */
    WAITS,
    /** It was not done, and is tried again. */
    FAILED
  }

  private record Account(
      long tenant, String currency, LocalDate firstDay, @Nullable LocalDate last) {}

  private final Invoices invoices;
  private final InvoiceSettings settings;
  private final JdbcClient jdbc;
  private final MeterRegistry meters;
  private final Clock clock;

  MonthlyClose(
      Invoices invoices,
      InvoiceSettings settings,
      JdbcClient jdbc,
      MeterRegistry meters,
      Clock clock) {
    this.invoices = invoices;
    this.settings = settings;
    this.jdbc = jdbc;
    this.meters = meters;
    this.clock = clock;
    counter(Result.FINALIZED); // from 0 on, else an alert would miss the first
    counter(Result.FAILED);
  }

  private Counter counter(Result result) {
    return meters.counter(BillingMetric.INVOICES.meterName(), "result", result.name());
  }

  /** Goes on with every organization. Returns how many invoices were finalized. */
  int run() {
    YearMonth current = YearMonth.from(clock.instant().atOffset(ZoneOffset.UTC));
    int finalized = 0;
    for (Account account : accounts()) {
      LocalDate last = account.last;
      YearMonth month = YearMonth.from(account.firstDay);
      if (last != null && !YearMonth.from(last).isBefore(month)) {
        month = YearMonth.from(last).plusMonths(1);
      }
      while (!month.isAfter(current)) {
        Result result = close(account, month);
        finalized += result == Result.FINALIZED ? 1 : 0;
        if (result != Result.WAITS) {
          counter(result).increment();
        }
        month = month.plusMonths(1);
      }
    }
    return finalized;
  }

  private Result close(Account account, YearMonth month) {
    try {
      Optional<InvoiceRow> built = invoices.build(account.tenant, account.currency, month);
      boolean draft = built.filter(row -> row.status() == InvoiceRow.Status.DRAFT).isPresent();
      if (!draft || !settings.finalizeWhenClear()) {
        return Result.WAITS;
      }
      invoices.finalizeDraft(built.get().id(), "job:monthly-close");
      return Result.FINALIZED;
    } catch (ServiceException e) {
      if (e.code() == ErrorCode.INVOICE_BLOCKED) {
        return Result.WAITS;
      }
      return failed(account, month, e);
    } catch (RuntimeException e) { // the others' months must end too
      return failed(account, month, e);
    }
  }

  private static Result failed(Account account, YearMonth month, RuntimeException e) {
    LOG.error("{} of organization {} was not closed; tried again", month, account.tenant, e);
    return Result.FAILED;
  }

  /** Who ever earned us something, and up to which month they have invoices. */
  private List<Account> accounts() {
    return jdbc.sql(
            """
            select b.tenant_id, b.currency, b.first_day, (
                select max((lower(i.period) at time zone 'UTC')::date) from invoice i
                where i.tenant_id = b.tenant_id and i.currency = b.currency
                  and i.kind = 'INVOICE' and i.status = 'finalized') as last
            from (select tenant_id, currency, min(day) as first_day from balance_day
              where account = 'revenue' group by 1, 2) b
            order by b.tenant_id, b.currency
            """)
        .query(
            (row, n) ->
                new Account(
                    row.getLong("tenant_id"),
                    row.getString("currency"),
                    row.getObject("first_day", LocalDate.class),
                    row.getObject("last", LocalDate.class)))
        .list();
  }
}
