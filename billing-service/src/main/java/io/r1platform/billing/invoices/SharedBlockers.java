package io.r1platform.billing.invoices;

import io.r1platform.billing.invoices.Blocker.Code;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Finds what keeps a month's invoices from being finalized, whosever they are. A close asks once
 * for each month, not for each organization.
 */
@Component
class SharedBlockers {
  private final JdbcClient jdbc;
  private final InvoiceSettings settings;
  private final Clock clock;

  SharedBlockers(JdbcClient jdbc, InvoiceSettings settings, Clock clock) {
    this.jdbc = jdbc;
    this.settings = settings;
    this.clock = clock;
  }

  /** What is the matter, by blocker. */
  Map<Code, String> of(YearMonth month) {
    Instant end = month.plusMonths(1).atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC);
    var found = new EnumMap<Code, String>(Code.class);
    grace(end).ifPresent(what -> found.put(Code.GRACE, what));
    stream(end).ifPresent(what -> found.put(Code.STREAM, what));
    held().ifPresent(what -> found.put(Code.HELD, what));
    reconciliation(month, end).ifPresent(what -> found.put(Code.RECONCILIATION, what));
    law(end).ifPresent(what -> found.put(Code.LAW, what));
    return found;
  }

  private Optional<String> grace(Instant end) {
    Instant from = end.plus(settings.grace());
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

  /** Records of nobody knows whom, and receipts. */
  private Optional<String> held() {
    long count =
        jdbc.sql(
                """
                select (select count(*) from usage_held
                    where resolved is null and reason = 'MALFORMED')
                  + (select count(*) from engine_held where resolved is null)
                """)
            .query(Long.class)
            .single();
    return count == 0
        ? Optional.empty()
        : Optional.of("Records and receipts of nobody knows whom, undecided: %d.".formatted(count));
  }

  /**
   * Days with usage that was not compared since, or that differ. What happened after the month is
   * not asked: a day that is not over differs.
   */
  private Optional<String> reconciliation(YearMonth month, Instant end) {
    LocalDate first = month.atDay(1);
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
        .param("end", end.atOffset(ZoneOffset.UTC))
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
}
