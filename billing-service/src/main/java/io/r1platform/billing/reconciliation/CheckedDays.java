package io.r1platform.billing.reconciliation;

import io.r1platform.billing.money.Dollars;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What the comparison of each day said last. */
@Component
class CheckedDays {
  /**
   * A day.
   *
   * @param checkedAt when it was compared
   * @param completeThrough until when gateways had said all by then; null: none lived
   * @param input its tokens; null, as the output: last compared by an older release
   * @param cost its usage in dollars
   * @param pico the same in pico-dollars
   */
  record Day(
      LocalDate day,
      Instant checkedAt,
      @Nullable Instant completeThrough,
      String requests,
      @Nullable String input,
      @Nullable String output,
      String cost,
      String pico,
      int differences) {}

  private final JdbcClient jdbc;

  CheckedDays(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Keeps the result of a day, in place of an earlier one. */
  void keep(LocalDate day, Instant now, ReconciliationController.Answer answer) {
    Instant complete = answer.completeThrough();
    jdbc.sql(
            """
            insert into reconciliation_day (day, checked_at, complete_through, requests, input,
              output, amount, differences)
            values (:day, :now, :complete, :requests::bigint, :input::numeric, :output::numeric,
              :amount::numeric, :differences)
            on conflict (day) do update set checked_at = excluded.checked_at,
              complete_through = excluded.complete_through, requests = excluded.requests,
              input = excluded.input, output = excluded.output, amount = excluded.amount,
              differences = excluded.differences
            """)
        .param("day", day)
        .param("now", now.atOffset(ZoneOffset.UTC))
        .param("complete", complete == null ? null : complete.atOffset(ZoneOffset.UTC))
        .param("requests", answer.usage().requests())
        .param("input", answer.usage().input())
        .param("output", answer.usage().output())
        .param("amount", answer.usage().pico())
        .param("differences", answer.differences().size())
        .update();
  }

  /**
   * Days in the bounds, the last excluded, with usage that is not what it was when the day was
   * compared, with differences, or never compared.
   */
  List<LocalDate> changed(LocalDate from, LocalDate to) {
    return jdbc.sql(
            """
            select day
            from (select (hour at time zone 'UTC')::date as day, sum(requests) as requests,
                sum(amount) as amount
              from usage_hourly
              where hour >= :from::timestamp at time zone 'UTC'
                and hour < :to::timestamp at time zone 'UTC'
              group by 1) now
            full join (select * from reconciliation_day where day >= :from and day < :to) checked
              using (day)
            where checked.differences is distinct from 0
              or (now.requests, now.amount) is distinct from (checked.requests, checked.amount)
            """)
        .param("from", from)
        .param("to", to)
        .query(LocalDate.class)
        .list();
  }

  /** Differences of the days since then, by the last comparison of each. */
  long differences(LocalDate from) {
    return jdbc.sql("select coalesce(sum(differences), 0) from reconciliation_day where day >= ?")
        .param(from)
        .query(Long.class)
        .single();
  }

  /** The days since then, the newest first. */
  List<Day> since(LocalDate from) {
    return jdbc.sql("select * from reconciliation_day where day >= ? order by day desc")
        .param(from)
        .query(
            (row, n) -> {
              OffsetDateTime complete = row.getObject("complete_through", OffsetDateTime.class);
              BigInteger pico = row.getBigDecimal("amount").toBigIntegerExact();
              return new Day(
                  row.getObject("day", LocalDate.class),
                  row.getObject("checked_at", OffsetDateTime.class).toInstant(),
                  complete == null ? null : complete.toInstant(),
                  row.getString("requests"),
                  row.getString("input"),
                  row.getString("output"),
                  Dollars.of(pico),
                  pico.toString(),
                  row.getInt("differences"));
            })
        .list();
  }
}
