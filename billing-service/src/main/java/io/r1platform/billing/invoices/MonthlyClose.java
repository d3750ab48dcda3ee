package io.r1platform.billing.invoices;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.observability.BillingMetric;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Builds open invoices and drafts, and finalizes what nothing blocks. It looks at organizations
 * that have something new since the last close, whose month has ended, or whose draft nothing
 * blocks any more, so its cost follows those and not how many there are. Each step is a transaction
 * of one organization's month, so a run that was cut off is gone on with by the next, and running
 * it again does nothing twice.
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

  /** Longer than any transaction: a journal is dated before others see it. */
  private static final Duration MARGIN = Duration.ofHours(1);

  private final Invoices invoices;
  private final WaitingDrafts waiting;
  private final SharedBlockers shared;
  private final InvoiceSettings settings;
  private final JdbcClient jdbc;
  private final MeterRegistry meters;
  private final Clock clock;

  MonthlyClose(
      Invoices invoices,
      WaitingDrafts waiting,
      SharedBlockers shared,
      InvoiceSettings settings,
      JdbcClient jdbc,
      MeterRegistry meters,
      Clock clock) {
    this.invoices = invoices;
    this.waiting = waiting;
    this.shared = shared;
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

  /** Goes on with whoever is due. Returns how many invoices were finalized. */
  int run() {
    Instant now = clock.instant();
    YearMonth current = YearMonth.from(now.atOffset(ZoneOffset.UTC));
    var blockers = new HashMap<YearMonth, Map<Blocker.Code, String>>();
    int finalized = 0;
    boolean whole = true;
    for (Account account : accounts(now)) {
      LocalDate last = account.last;
      YearMonth month = YearMonth.from(account.firstDay);
      if (last != null && !YearMonth.from(last).isBefore(month)) {
        month = YearMonth.from(last).plusMonths(1);
      }
      while (!month.isAfter(current)) {
        Result result = close(account, month, month.isBefore(current), blockers);
        finalized += result == Result.FINALIZED ? 1 : 0;
        whole &= result != Result.FAILED;
        if (result != Result.WAITS) {
          counter(result).increment();
        }
        month = month.plusMonths(1);
      }
    }
    if (whole) {
      jdbc.sql(
              """
              insert into invoice_close (looked_at) values (?)
              on conflict (one) do update set looked_at = excluded.looked_at
              """)
          .param(now.atOffset(ZoneOffset.UTC))
          .update();
    }
    return finalized;
  }

  private Result close(
      Account account,
      YearMonth month,
      boolean over,
      Map<YearMonth, Map<Blocker.Code, String>> blockers) {
    try {
      if (!over || !settings.finalizeWhenClear()) {
        var unused = invoices.build(account.tenant, account.currency, month);
        return Result.WAITS;
      }
      boolean done =
          invoices.close(
              account.tenant, account.currency, month, blockers.computeIfAbsent(month, shared::of));
      return done ? Result.FINALIZED : Result.WAITS;
    } catch (RuntimeException e) { // the others' months must end too
      LOG.error("{} of organization {} was not closed; tried again", month, account.tenant, e);
      return Result.FAILED;
    }
  }

  /** What its lines are may have been mended since it was built. */
  private static boolean mayBeClear(WaitingDrafts.Waiting draft) {
    return draft.blocking().stream().allMatch(code -> code == Blocker.Code.LEDGER);
  }

  /** Who is due, and up to which month they have invoices. */
  private List<Account> accounts(Instant now) {
    List<WaitingDrafts.Waiting> clear =
        settings.finalizeWhenClear()
            ? waiting.list(now).stream().filter(MonthlyClose::mayBeClear).toList()
            : List.of();
    return jdbc.sql(
            """
            with due as (
              select s.tenant_id, s.currency from earned_since(coalesce(
                (select least(looked_at, :now) - cast(:margin as interval) from invoice_close),
                '-infinity')) s
              union
              select i.tenant_id, i.currency from invoice i
              where i.kind = 'INVOICE' and i.status = 'open' and upper(i.period) <= :now
              union
              select i.tenant_id, i.currency from invoice i
              where i.invoice_id = any (cast(:clear as bigint[]))
            )
            select d.tenant_id, d.currency, f.first_day, (
                select max((lower(i.period) at time zone 'UTC')::date) from invoice i
                where i.tenant_id = d.tenant_id and i.currency = d.currency
                  and i.kind = 'INVOICE' and i.status = 'finalized') as last
            from due d cross join lateral (
              select min(b.day) as first_day from balance_day b
              where b.tenant_id = d.tenant_id and b.currency = d.currency
                and b.account = 'revenue') f
            where f.first_day is not null
            order by d.tenant_id, d.currency
            """)
        .param("now", now.atOffset(ZoneOffset.UTC))
        .param("margin", MARGIN.toString())
        .param(
            "clear",
            clear.stream()
                .map(draft -> Long.toString(draft.id()))
                .collect(Collectors.joining(",", "{", "}")))
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
