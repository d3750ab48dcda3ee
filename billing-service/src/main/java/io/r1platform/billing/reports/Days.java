package io.r1platform.billing.reports;

import io.r1platform.billing.errors.ServiceException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;

/**
 * A stretch of UTC days.
 *
 * @param from the first
 * @param to the first that is not in it; at most {@value #MOST} days later
 */
record Days(LocalDate from, LocalDate to) {
  static final int MOST = 366;

  Days {
    if (!from.isBefore(to) || ChronoUnit.DAYS.between(from, to) > MOST) {
      throw ServiceException.invalidRequest(
          "'from' must be before 'to', by %d days at most; both are UTC days.".formatted(MOST));
    }
  }

  static Days of(String from, String to) {
    try {
      return new Days(LocalDate.parse(from), LocalDate.parse(to));
    } catch (DateTimeException e) {
      throw ServiceException.invalidRequest("'from' and 'to' are days such as 2026-11-22.");
    }
  }
}
