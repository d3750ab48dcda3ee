package io.r1platform.api.prices;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Billing's answer about prices, as it is on the wire. Unknown members are ignored; absent lists
 * are empty.
 */
record PriceAnswer(List<Version> versions, List<Calendar> calendars) {
  record Version(
      String version_id,
      @Nullable String tenant_id,
      String name,
      String currency,
      String content_sha256,
      Instant valid_from,
      @Nullable Instant valid_until,
      boolean reference,
      List<Window> windows,
      List<Row> prices) {
    @SuppressWarnings("NullAway") // an absent member comes as null
    Version {
      windows = windows == null ? List.of() : List.copyOf(windows);
      prices = prices == null ? List.of() : List.copyOf(prices);
    }

    boolean holdsAt(Instant time) {
      return !time.isBefore(valid_from) && (valid_until == null || time.isBefore(valid_until));
    }
  }

  /** A time of day and week: local times, Monday is 1, the lowest number that holds counts. */
  record Window(
      int window,
      String code,
      String from,
      String to,
      String zone,
      List<Integer> days,
      @Nullable String calendar) {}

  record Row(int model_id, String sku, int window, String unit_pico) {}

  record Calendar(String calendar, List<Day> days) {}

  record Day(LocalDate day, boolean working) {}

  @SuppressWarnings("NullAway") // an absent member comes as null
  PriceAnswer {
    versions = versions == null ? List.of() : List.copyOf(versions);
    calendars = calendars == null ? List.of() : List.copyOf(calendars);
  }
}
