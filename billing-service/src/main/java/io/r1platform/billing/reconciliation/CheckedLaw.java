package io.r1platform.billing.reconciliation;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** When the conservation law was asked, and whether anything broke it. */
@Component
class CheckedLaw {
  /** Longer than any transaction: a journal is dated before others see it. */
  private static final Duration MARGIN = Duration.ofHours(1);

  private final JdbcClient jdbc;

  CheckedLaw(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Since when changes are to be looked at. Empty: the whole law is due, which is so from each
   * Sunday on until it is found unbroken.
   */
  Optional<Instant> since(Instant now) {
    LocalDate sunday =
        LocalDate.ofInstant(now, ZoneOffset.UTC)
            .with(TemporalAdjusters.previousOrSame(DayOfWeek.SUNDAY));
    return jdbc.sql(
            """
            select least(max(checked_at), :now) from law_checked where broken = 0
            having bool_or(whole and checked_at >= :sunday)
            """)
        .param("now", at(now))
        .param("sunday", sunday.atStartOfDay().atOffset(ZoneOffset.UTC))
        .query(OffsetDateTime.class)
        .optional()
        .map(checked -> checked.toInstant().minus(MARGIN));
  }

  void keep(Instant now, boolean whole, int broken) {
    jdbc.sql("insert into law_checked (checked_at, whole, broken) values (?, ?, ?)")
        .params(at(now), whole, broken)
        .update();
  }

  private static OffsetDateTime at(Instant moment) {
    return moment.atOffset(ZoneOffset.UTC);
  }
}
