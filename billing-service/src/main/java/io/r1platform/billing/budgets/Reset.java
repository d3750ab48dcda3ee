package io.r1platform.billing.budgets;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.IsoFields;
import java.time.temporal.TemporalAdjusters;
import org.jspecify.annotations.Nullable;

/** When a budget starts again from nothing. Calendar periods are those of the budget's zone. */
enum Reset {
  /** One period for ever. */
  NEVER,
  /** At local midnight. */
  DAY,
  /** On Mondays. */
  WEEK,
  /** On the first of the month. */
  MONTH,
  /** In January, April, July and October. */
  QUARTER,
  /** On 1 January. */
  YEAR,
  /** One period, from which whole hours leave. */
  ROLLING;

  private static final Duration STEP = Duration.ofMinutes(15);
  private static final int QUARTER_MONTHS = 3;

  /**
   * A stretch of time.
   *
   * @param from inclusive
   * @param to exclusive; null: for ever
   */
  record Period(Instant from, @Nullable Instant to) {
    Period {
      if (to != null && !from.isBefore(to)) {
        throw new IllegalArgumentException("an empty period: " + from + " to " + to);
      }
    }
  }

  /** The start of the quarter of an hour around a moment: every period begins at such a moment. */
  static Instant step(Instant moment) {
    return Instant.ofEpochSecond(
        Math.floorDiv(moment.getEpochSecond(), STEP.toSeconds()) * STEP.toSeconds());
  }

  /**
   * The period around a moment.
   *
   * @param created when the budget was made; there is nothing before its first period
   * @return null if the budget had no period yet
   */
  @Nullable Period around(Instant moment, ZoneId zone, Instant created) {
    LocalDate day = LocalDate.ofInstant(moment, zone);
    Period period =
        switch (this) {
          case NEVER, ROLLING -> new Period(step(created), null);
          case DAY -> days(day, day.plusDays(1), zone);
          case WEEK -> {
            LocalDate monday = day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
            yield days(monday, monday.plusWeeks(1), zone);
          }
          case MONTH -> days(day.withDayOfMonth(1), day.withDayOfMonth(1).plusMonths(1), zone);
          case QUARTER -> {
            LocalDate first = day.with(IsoFields.DAY_OF_QUARTER, 1);
            yield days(first, first.plusMonths(QUARTER_MONTHS), zone);
          }
          case YEAR -> days(day.withDayOfYear(1), day.withDayOfYear(1).plusYears(1), zone);
        };
    boolean tooEarly =
        period.to == null ? moment.isBefore(period.from) : !period.to.isAfter(created);
    return tooEarly ? null : period;
  }

  private static Period days(LocalDate from, LocalDate to, ZoneId zone) {
    return new Period(from.atStartOfDay(zone).toInstant(), to.atStartOfDay(zone).toInstant());
  }
}
