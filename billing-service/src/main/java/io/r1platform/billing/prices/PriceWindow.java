package io.r1platform.billing.prices;

import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A time of day and week with prices of its own. It holds from {@code from} on and ends before
 * {@code to}, on the wall clock of its zone: in an hour that a clock change repeats, it holds both
 * times, and in one that it leaves out, never. With {@code from} after {@code to} it goes over
 * midnight and belongs to the day it began on; with both equal it is the whole day.
 *
 * @param number from 1; of several that hold, the lowest counts
 * @param code for lines and exports, for instance {@code peak}
 * @param from local time, whole seconds
 * @param to local time, whole seconds
 * @param zone whose wall clock
 * @param days on which it holds
 * @param calendar whose days off are left out and whose worked weekend days are taken in, whatever
 *     {@code days} says; null: none
 */
public record PriceWindow(
    int number,
    String code,
    LocalTime from,
    LocalTime to,
    ZoneId zone,
    Set<DayOfWeek> days,
    @Nullable String calendar) {
  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException if the number is not positive or there is no day
   */
  public PriceWindow {
    if (number < 1 || days.isEmpty()) {
      throw new IllegalArgumentException("a window has a number from 1 and a day");
    }
    days = Set.copyOf(EnumSet.copyOf(days));
  }
}
