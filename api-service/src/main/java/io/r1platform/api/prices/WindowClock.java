package io.r1platform.api.prices;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Says fast whether a window holds at a moment. The same function stands in billing-service's
 * prices; both answer the golden file {@code price-vectors.json}.
 */
final class WindowClock {
  private static final int DAY_SECONDS = 86_400;
  private static final int MONDAY_OFFSET = 3; // 1970-01-01 was a Thursday
  private static final int WEEK = 7;

  private final int number;
  private final int from;
  private final int to;
  private final ZoneRules zone;
  private final int weekdays;
  private final long[] specialDays;
  private final boolean[] worked;

  WindowClock(PriceAnswer.Window window, Map<LocalDate, Boolean> calendar) {
    this.number = window.window();
    this.from = LocalTime.parse(window.from()).toSecondOfDay();
    this.to = LocalTime.parse(window.to()).toSecondOfDay();
    this.zone = ZoneId.of(window.zone()).getRules();
    int mask = 0;
    for (int day : window.days()) {
      mask |= 1 << (day - 1);
    }
    this.weekdays = mask;
    var sorted = new TreeMap<>(calendar);
    this.specialDays = sorted.keySet().stream().mapToLong(LocalDate::toEpochDay).toArray();
    this.worked = new boolean[specialDays.length];
    int i = 0;
    for (Boolean working : sorted.values()) {
      worked[i++] = working;
    }
  }

  int number() {
    return number;
  }

  boolean holdsAt(Instant moment) {
    long local = moment.getEpochSecond() + zone.getOffset(moment).getTotalSeconds();
    long day = Math.floorDiv(local, DAY_SECONDS);
    int second = (int) Math.floorMod(local, (long) DAY_SECONDS);
    if (from < to) {
      return second >= from && second < to && holdsOn(day);
    }
    return second >= from ? holdsOn(day) : second < to && holdsOn(day - 1);
  }

  /** When it may begin or end next: its times of today and tomorrow, and when clocks are set. */
  Stream<Instant> edgesAfter(Instant moment) {
    LocalDate today = LocalDate.ofInstant(moment, zone.getOffset(moment));
    Stream<Instant> times =
        Stream.of(today, today.plusDays(1))
            .flatMap(day -> Stream.of(at(day, from), at(day, to)))
            .filter(edge -> edge.isAfter(moment));
    ZoneOffsetTransition set = zone.nextTransition(moment);
    return set == null ? times : Stream.concat(times, Stream.of(set.getInstant()));
  }

  private Instant at(LocalDate day, int second) {
    LocalDateTime local = day.atStartOfDay().plusSeconds(second);
    return local.toInstant(zone.getOffset(local));
  }

  private boolean holdsOn(long day) {
    int special = Arrays.binarySearch(specialDays, day);
    return special >= 0
        ? worked[special]
        : (weekdays >> Math.floorMod(day + MONDAY_OFFSET, WEEK) & 1) != 0;
  }
}
