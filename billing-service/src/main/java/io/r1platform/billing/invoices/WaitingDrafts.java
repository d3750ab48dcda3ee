package io.r1platform.billing.invoices;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.r1platform.billing.invoices.Blocker.Code;
import io.r1platform.billing.observability.BillingMetric;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * The drafts that are not finalized, and what blocks each, in one statement for all and a few for
 * each of their months. Counts those that wait too long, for an alarm.
 */
@Component
class WaitingDrafts {
  private static final Logger LOG = LoggerFactory.getLogger(WaitingDrafts.class);
  private static final String NOTHING = "NONE";

  /**
   * A draft with lines, as it was built last.
   *
   * @param blocking what keeps it from being finalized
   */
  record Waiting(long id, long tenant, String currency, YearMonth month, Set<Code> blocking) {}

  private final JdbcClient jdbc;
  private final SharedBlockers shared;
  private final InvoiceSettings settings;
  private final Clock clock;
  private final Map<Code, AtomicLong> blocked = new EnumMap<>(Code.class);
  private final AtomicLong unblocked = new AtomicLong();

  WaitingDrafts(
      JdbcClient jdbc,
      SharedBlockers shared,
      InvoiceSettings settings,
      MeterRegistry meters,
      Clock clock) {
    this.jdbc = jdbc;
    this.shared = shared;
    this.settings = settings;
    this.clock = clock;
    String name = BillingMetric.INVOICES_WAITING.meterName();
    for (Code code : Code.values()) {
      var count = new AtomicLong();
      blocked.put(code, count);
      meters.gauge(name, Tags.of("blocker", code.name()), count);
    }
    meters.gauge(name, Tags.of("blocker", NOTHING), unblocked);
  }

  /** Counts them. Returns how many wait too long. */
  @Scheduled(fixedDelayString = "PT1H", initialDelayString = "PT2M")
  long look() {
    try {
      return count(list(clock.instant().minus(settings.draftPatience())));
    } catch (DataAccessException e) {
      LOG.error("The drafts that wait were not counted; tried again in an hour", e);
      return -1;
    }
  }

  private long count(List<Waiting> drafts) {
    for (var count : blocked.entrySet()) {
      Code code = count.getKey();
      count.getValue().set(drafts.stream().filter(d -> d.blocking.contains(code)).count());
    }
    unblocked.set(drafts.stream().filter(draft -> draft.blocking.isEmpty()).count());
    return drafts.size();
  }

  /** Those whose month ended before then, by organization, currency and month. */
  List<Waiting> list(Instant endedBefore) {
    var months = new HashMap<YearMonth, Map<Code, String>>();
    return jdbc
        .sql(
            """
            select i.invoice_id, i.tenant_id, i.currency, lower(i.period) as from_at,
              concat_ws(',',
                case when int8send(i.tenant_id) in (select substring(record from 25 for 8)
                  from usage_held where resolved is null and reason <> 'MALFORMED') then 'HELD' end,
                case when not exists (select from billing_profile p
                  where p.tenant_id = i.tenant_id) then 'PROFILE' end,
                case when exists (select from invoice e join invoice_line using (invoice_id)
                  where e.tenant_id = i.tenant_id and e.currency = i.currency
                    and e.kind = 'INVOICE' and e.status = 'draft'
                    and lower(e.period) < lower(i.period)) then 'EARLIER' end,
                case when i.net_pico <> i.ledger_pico then 'LEDGER' end) as own,
              (select string_agg(w.blocker, ',') from invoice_waiver w
                where w.invoice_id = i.invoice_id) as waived
            from invoice i
            where i.kind = 'INVOICE' and i.status = 'draft' and upper(i.period) < ?
              and exists (select from invoice_line l where l.invoice_id = i.invoice_id)
            order by i.tenant_id, i.currency, lower(i.period)
            """)
        .param(endedBefore.atOffset(ZoneOffset.UTC))
        .query((row, n) -> read(row))
        .list()
        .stream()
        .map(draft -> draft.with(months.computeIfAbsent(draft.month, shared::of).keySet()))
        .toList();
  }

  private record Row(
      long id, long tenant, String currency, YearMonth month, Set<Code> own, Set<Code> waived) {
    private Waiting with(Set<Code> shared) {
      var blocking = EnumSet.noneOf(Code.class);
      blocking.addAll(own);
      blocking.addAll(shared);
      blocking.removeIf(code -> code.isWaivable() && waived.contains(code));
      return new Waiting(id, tenant, currency, month, blocking);
    }
  }

  private static Row read(ResultSet row) throws SQLException {
    return new Row(
        row.getLong("invoice_id"),
        row.getLong("tenant_id"),
        row.getString("currency"),
        YearMonth.from(
            row.getObject("from_at", OffsetDateTime.class).withOffsetSameInstant(ZoneOffset.UTC)),
        codes(row.getString("own")),
        codes(row.getString("waived")));
  }

  private static Set<Code> codes(@Nullable String list) {
    var codes = EnumSet.noneOf(Code.class);
    for (Code code : Code.values()) {
      if (list != null && Arrays.asList(list.split(",")).contains(code.name())) {
        codes.add(code);
      }
    }
    return codes;
  }
}
