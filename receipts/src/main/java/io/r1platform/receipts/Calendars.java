package io.r1platform.receipts;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Days on which price windows hold or do not, whatever their weekday. They are not under a price
 * version's hash: a bundle carries them as its issuer's word.
 *
 * @param days by calendar: true for a day that counts as worked
 */
public record Calendars(Map<String, Map<LocalDate, Boolean>> days) {
  /** None. */
  public static final Calendars NONE = new Calendars(Map.of());

  /** Copies the outer map. */
  public Calendars {
    days = Map.copyOf(days);
  }

  /** A line for each day: calendar, date, {@code worked} or {@code off}. */
  public String text() {
    var text = new StringBuilder();
    new TreeMap<>(days)
        .forEach(
            (name, dates) ->
                new TreeMap<>(dates)
                    .forEach(
                        (day, worked) ->
                            text.append(
                                "%s %s %s\n".formatted(name, day, worked ? "worked" : "off"))));
    return text.toString();
  }

  /**
   * Reads {@link #text}.
   *
   * @throws NotGenuine if it is anything else
   */
  public static Calendars parse(String text, String what) {
    Map<String, Map<LocalDate, Boolean>> days = new HashMap<>();
    for (String line : Lines.of(text, what)) {
      String[] parts = line.split(" ", -1);
      if (parts.length != 3 || !List.of("worked", "off").contains(parts[2])) {
        throw new NotGenuine(what + ": not a day of a calendar: " + Lines.shown(line));
      }
      try {
        days.computeIfAbsent(parts[0], name -> new TreeMap<>())
            .put(LocalDate.parse(parts[1]), parts[2].equals("worked"));
      } catch (DateTimeException e) {
        throw new NotGenuine(what + ": not a day of a calendar: " + Lines.shown(line), e);
      }
    }
    return new Calendars(days);
  }
}
