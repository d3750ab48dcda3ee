package io.r1platform.receipts;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A published price version, read from the text whose SHA-256 its records carry, and what it
 * charges a request. Text 1 has prices alone, text 2 also a contract's customer, windows, list
 * prices and tiers; tiers and list prices charge no request.
 */
public final class PriceText {
  private static final String ANY_CUSTOMER = "-";
  private static final int KINDS = 4;
  private static final List<String> SKUS =
      List.of(
          "HIT",
          "MISS",
          "REASONING",
          "ANSWER",
          "HIT_BATCH",
          "MISS_BATCH",
          "REASONING_BATCH",
          "ANSWER_BATCH");
  private static final Pattern PRICE_1 =
      Pattern.compile("(\\d{1,10}) (.+) ([A-Z_]+) (\\d{1,3}) (\\d{1,19})");
  private static final Pattern PRICE_2 =
      Pattern.compile(
          "price (\\d{1,10}) (.+) ([A-Z_]+) (\\d{1,3}) (\\d{1,19}) \\d{1,19}"
              + " (?:-|PACKAGE \\d+|(?:GRADUATED|VOLUME) [\\d:,]+)");
  private static final Pattern WINDOW =
      Pattern.compile(
          "window (\\d{1,3}) (\\S+) (\\d\\d:\\d\\d:\\d\\d) (\\d\\d:\\d\\d:\\d\\d) (\\S+)"
              + " ([1-7](?:,[1-7]){0,6}) (\\S+)");

  private record Place(int modelId, int window, int sku) {}

  private record Window(int number, int from, int to, ZoneRules zone, int days, String calendar) {}

  private final Hash hash;
  private final String currency;
  private final boolean reference;
  private final String customer;
  private final Instant validFrom;
  private final List<Window> windows = new ArrayList<>();
  private final Map<Place, Long> units = new HashMap<>();
  private final Map<Integer, String> models = new HashMap<>();

  private PriceText(Hash hash, String currency, String reference, String customer, String from) {
    this.hash = hash;
    this.currency = currency;
    this.reference = !reference.equals("f");
    this.customer = customer;
    try {
      this.validFrom = Instant.parse(from);
    } catch (DateTimeException e) {
      throw new NotGenuine("price version %s has no first moment".formatted(hash), e);
    }
  }

  /**
   * Reads the text.
   *
   * @throws NotGenuine if it is none
   */
  public static PriceText parse(String text) {
    Hash hash = new Hasher().plain(text.getBytes(StandardCharsets.UTF_8));
    String what = "price version " + hash;
    List<String> lines = Lines.of(text, what);
    boolean first = text.startsWith("r1-prices-1\n");
    int head = first ? 5 : 6;
    if (lines.size() < head || (!first && !text.startsWith("r1-prices-2\n"))) {
      throw new NotGenuine(what + " is in no known form");
    }
    Lines.after("card", lines.get(1), what);
    var version =
        new PriceText(
            hash,
            Lines.after("currency", lines.get(2), what),
            Lines.after("reference", lines.get(3), what),
            first ? ANY_CUSTOMER : Lines.after("tenant", lines.get(4), what),
            Lines.after("valid_from", lines.get(head - 1), what));
    for (String line : lines.subList(head, lines.size())) {
      if (!first && line.startsWith("window ")) {
        version.addWindow(line, what);
      } else {
        version.addPrice((first ? PRICE_1 : PRICE_2).matcher(line), line, what);
      }
    }
    return version;
  }

  private void addWindow(String line, String what) {
    Matcher matcher = WINDOW.matcher(line);
    if (!matcher.matches()) {
      throw new NotGenuine(what + ": not a window: " + Lines.shown(line));
    }
    int days = 0;
    for (char day : matcher.group(6).toCharArray()) {
      days |= day == ',' ? 0 : 1 << (day - '1');
    }
    try {
      windows.add(
          new Window(
              Integer.parseInt(matcher.group(1)),
              LocalTime.parse(matcher.group(3)).toSecondOfDay(),
              LocalTime.parse(matcher.group(4)).toSecondOfDay(),
              ZoneId.of(matcher.group(5)).getRules(),
              days,
              matcher.group(7)));
    } catch (DateTimeException e) {
      throw new NotGenuine(what + ": not a window: " + Lines.shown(line), e);
    }
  }

  private void addPrice(Matcher matcher, String line, String what) {
    if (!matcher.matches() || !SKUS.contains(matcher.group(3))) {
      throw new NotGenuine(what + ": not a price: " + Lines.shown(line));
    }
    try {
      int modelId = Integer.parseInt(matcher.group(1));
      models.put(modelId, matcher.group(2));
      var place =
          new Place(modelId, Integer.parseInt(matcher.group(4)), SKUS.indexOf(matcher.group(3)));
      units.put(place, Long.parseLong(matcher.group(5)));
    } catch (NumberFormatException e) {
      throw new NotGenuine(what + ": not a price: " + Lines.shown(line), e);
    }
  }

  /** SHA-256 of the text. */
  public Hash hash() {
    return hash;
  }

  /** ISO 4217. */
  public String currency() {
    return currency;
  }

  /** The model's name in it; its number where it has none. */
  public String model(int modelId) {
    return models.getOrDefault(modelId, Integer.toString(modelId));
  }

  /**
   * Pico per token.
   *
   * @param kind 0 hit, 1 miss, 2 reasoning, 3 answer
   * @throws NotGenuine if the version has no such price
   */
  public long unit(int modelId, int window, int kind, boolean batch) {
    Long unit = units.get(new Place(modelId, window, kind + (batch ? KINDS : 0)));
    if (unit != null) {
      return unit;
    }
    Long other = batch ? units.get(new Place(modelId, window, kind)) : null;
    if (other == null) {
      throw new NotGenuine(
          "price version %s has no price for %s of model %d in window %d"
              .formatted(hash, SKUS.get(kind), modelId, window));
    }
    return other / 2 + other % 2; // batch prices default to half, rounded up
  }

  /**
   * Pico per token of an SKU as invoice lines have it.
   *
   * @throws NotGenuine if there is no such SKU, or the version has no such price
   */
  public long unit(int modelId, int window, String sku) {
    int at = SKUS.indexOf(sku);
    if (at < 0) {
      throw new NotGenuine("there is no SKU " + Lines.shown(sku));
    }
    return unit(modelId, window, at % KINDS, at >= KINDS);
  }

  /** The name of an SKU in price versions and invoice lines. */
  public static String sku(int kind, boolean batch) {
    return SKUS.get(kind + (batch ? KINDS : 0));
  }

  /**
   * Checks that the record was charged as this version says: it may be charged by it, the window is
   * that of its admission, the amount that of its tokens.
   *
   * @throws NotGenuine if not
   */
  public void check(UsageRecord r, Calendars calendars) {
    if (reference
        || r.admittedAt().isBefore(validFrom)
        || (!customer.equals(ANY_CUSTOMER)
            && !customer.equals(Long.toString(r.organizationId())))) {
      throw new NotGenuine("it may not be charged by price version " + hash);
    }
    int window = windowAt(r.admittedAt(), calendars);
    if (r.window() != window) {
      throw new NotGenuine(
          "it was charged in price window %d, admitted in %d".formatted(r.window(), window));
    }
    long amount = 0;
    int[] tokens = {r.hit(), r.miss(), r.reasoning(), r.answer()};
    try {
      for (int kind = 0; kind < KINDS; kind++) {
        long unit = unit(r.modelId(), window, kind, r.isBatch());
        amount = Math.addExact(amount, Math.multiplyExact(unit, (long) tokens[kind]));
      }
    } catch (ArithmeticException e) {
      throw new NotGenuine("its charge is too large", e);
    }
    if (amount != r.amountPico()) {
      throw new NotGenuine(
          "it charges %d pico, its tokens cost %d".formatted(r.amountPico(), amount));
    }
  }

  /** The number of the first window that holds, else 0. */
  int windowAt(Instant moment, Calendars calendars) {
    for (Window window : windows) {
      Map<LocalDate, Boolean> days = calendars.days().getOrDefault(window.calendar, Map.of());
      if (holds(window, moment, days)) {
        return window.number;
      }
    }
    return 0;
  }

  private static boolean holds(Window window, Instant moment, Map<LocalDate, Boolean> calendar) {
    var local = moment.atOffset(window.zone.getOffset(moment));
    int second = local.toLocalTime().toSecondOfDay();
    LocalDate day = local.toLocalDate();
    if (window.from < window.to) {
      return second >= window.from && second < window.to && holdsOn(window, day, calendar);
    }
    return second >= window.from
        ? holdsOn(window, day, calendar)
        : second < window.to && holdsOn(window, day.minusDays(1), calendar);
  }

  private static boolean holdsOn(Window window, LocalDate day, Map<LocalDate, Boolean> calendar) {
    Boolean special = calendar.get(day);
    return special != null
        ? special
        : (window.days >> (day.getDayOfWeek().getValue() - 1) & 1) != 0;
  }
}
