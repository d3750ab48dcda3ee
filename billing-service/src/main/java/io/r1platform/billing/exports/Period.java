package io.r1platform.billing.exports;

import io.r1platform.billing.errors.ServiceException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Stretches of UTC that files are of, the shortest first. */
public enum Period {
  HOUR(ChronoUnit.HOURS),
  DAY(ChronoUnit.DAYS),
  MONTH(ChronoUnit.MONTHS);

  private final ChronoUnit unit;

  Period(ChronoUnit unit) {
    this.unit = unit;
  }

  /** The begin of the one that a moment is in. */
  Instant begin(Instant moment) {
    ZonedDateTime at = moment.atZone(ZoneOffset.UTC);
    return this == MONTH
        ? at.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1).toInstant()
        : at.truncatedTo(unit).toInstant();
  }

  /** The end of the one that begins then. */
  Instant end(Instant begin) {
    return begin.atZone(ZoneOffset.UTC).plus(1, unit).toInstant();
  }

  /** Whether it is as long as that one, or longer. */
  boolean holds(Period other) {
    return compareTo(other) >= 0;
  }

  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The period of this name.
   *
   * @throws ServiceException {@code invalid_request}
   */
  static Period named(String name) {
    return switch (name) {
      case "hour" -> HOUR;
      case "day" -> DAY;
      case "month" -> MONTH;
      default -> throw ServiceException.invalidRequest("'period' is hour, day or month.");
    };
  }
}
