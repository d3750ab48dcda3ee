package io.r1platform.billing.prices;

import java.time.DayOfWeek;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A window on the wire: local times as HH:MM:SS, days with Monday as 1. */
record WireWindow(
    int window,
    String code,
    String from,
    String to,
    String zone,
    List<Integer> days,
    @Nullable String calendar) {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

  static WireWindow of(PriceWindow window) {
    return new WireWindow(
        window.number(),
        window.code(),
        TIME.format(window.from()),
        TIME.format(window.to()),
        window.zone().getId(),
        window.days().stream().map(DayOfWeek::getValue).sorted().toList(),
        window.calendar());
  }
}
