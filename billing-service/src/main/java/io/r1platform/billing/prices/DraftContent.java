package io.r1platform.billing.prices;

import io.r1platform.billing.errors.ServiceException;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an operator writes into a draft, whole; numbers are decimal strings.
 *
 * @param revision the draft's revision that the operator saw
 * @param validFrom first moment it shall hold
 * @param validUntil first moment it shall no longer hold; null: open
 * @param windows at most {@value #MOST_WINDOWS}
 * @param prices at most {@value #MOST_PRICES}
 */
record DraftContent(
    int revision,
    Instant validFrom,
    @Nullable Instant validUntil,
    List<WireWindow> windows,
    List<Line> prices) {
  static final int MOST_WINDOWS = 50;
  static final int MOST_PRICES = 5_000;
  static final int MOST_TIERS = 20;

  /**
   * One price.
   *
   * @param modelId the model
   * @param model its name, needed for one that has no price yet
   * @param window 0: any time that no window covers
   * @param unitPico pico-dollars per token
   * @param listPico the public price of the same; null: the unit price
   */
  record Line(
      int modelId,
      @Nullable String model,
      Sku sku,
      int window,
      String unitPico,
      @Nullable String listPico,
      @Nullable TierLine tiers) {
    static Line of(PriceVersion.Price price) {
      Tiers tiers = price.tiers();
      return new Line(
          price.modelId(),
          price.model(),
          price.sku(),
          price.window(),
          Long.toString(price.unit().value()),
          Long.toString(price.list().value()),
          tiers == null ? null : TierLine.of(tiers));
    }
  }

  /** Later tiers: {@code steps} of GRADUATED and VOLUME, {@code block} of PACKAGE. */
  record TierLine(Tiers.Kind kind, @Nullable List<Step> steps, @Nullable String block) {
    static TierLine of(Tiers tiers) {
      return tiers.kind() == Tiers.Kind.PACKAGE
          ? new TierLine(tiers.kind(), null, Long.toString(tiers.block()))
          : new TierLine(
              tiers.kind(),
              tiers.steps().stream()
                  .map(s -> new Step(Long.toString(s.from()), Long.toString(s.unitPico())))
                  .toList(),
              null);
    }
  }

  /** From so many tokens on, so many pico-dollars per token. */
  record Step(String from, String unitPico) {}

  /**
   * Says what is wrong, as far as the content alone tells; publishing checks the rest.
   *
   * @throws ServiceException {@code prices_refused}
   */
  @SuppressWarnings("NullAway") // members of a body may be absent
  void check() {
    if (validFrom == null || windows == null || prices == null) {
      throw refused("'valid_from', 'windows' and 'prices' are needed.");
    }
    if (validUntil != null && !validUntil.isAfter(validFrom)) {
      throw refused("'valid_until' is not after 'valid_from'.");
    }
    if (windows.size() > MOST_WINDOWS || prices.size() > MOST_PRICES) {
      throw refused("At most %d windows and %d prices fit.".formatted(MOST_WINDOWS, MOST_PRICES));
    }
    Set<Object> seen = new HashSet<>();
    for (WireWindow window : windows) {
      checkWindow(window);
      if (!seen.add(window.window()) || !seen.add(window.code())) {
        throw refused("Window %d or its code comes twice.".formatted(window.window()));
      }
    }
    seen.clear();
    for (Line line : prices) {
      checkLine(line);
      if (!seen.add(List.of(line.modelId, line.sku, line.window))) {
        throw refused(at(line) + " comes twice.");
      }
    }
  }

  @SuppressWarnings("NullAway") // members of a body may be absent
  private static void checkWindow(WireWindow window) {
    String name = "Window " + window.window();
    if (window.window() < 1 || window.window() > 100) {
      throw refused(name + ": the number is 1 to 100.");
    }
    if (window.code() == null || !window.code().matches("[a-z0-9_-]{1,40}")) {
      throw refused(name + ": the code is 1 to 40 of a-z, 0-9, _ and -.");
    }
    if (window.zone() == null || !ZoneId.getAvailableZoneIds().contains(window.zone())) {
      throw refused(name + ": the zone is a name such as Asia/Shanghai or UTC.");
    }
    if (window.days() == null
        || window.days().isEmpty()
        || window.days().stream().anyMatch(day -> day < 1 || day > DayOfWeek.values().length)) {
      throw refused(name + ": 'days' are 1 (Monday) to 7 (Sunday), one at least.");
    }
    try {
      for (LocalTime time : List.of(LocalTime.parse(window.from()), LocalTime.parse(window.to()))) {
        if (!time.equals(time.truncatedTo(ChronoUnit.SECONDS))) {
          throw refused(name + ": times are whole seconds.");
        }
      }
    } catch (DateTimeException | NullPointerException e) {
      throw refused(name + ": times are HH:MM or HH:MM:SS, 00:00 to 23:59:59.");
    }
  }

  @SuppressWarnings("NullAway") // members of a body may be absent
  private static void checkLine(Line line) {
    if (line.sku == null) {
      throw refused("A price of model %d has no SKU.".formatted(line.modelId));
    }
    if (line.modelId < 1 || line.window < 0 || line.window > 100) {
      throw refused(at(line) + ": model from 1, window 0 to 100.");
    }
    number(line.unitPico, line, "unit_pico");
    if (line.listPico != null) {
      number(line.listPico, line, "list_pico");
    }
    TierLine tiers = line.tiers;
    if (tiers == null) {
      return;
    }
    boolean packages = tiers.kind == Tiers.Kind.PACKAGE;
    if (tiers.kind == null
        || packages == (tiers.block == null)
        || packages != (tiers.steps == null)) {
      throw refused(at(line) + ": GRADUATED and VOLUME have 'steps', PACKAGE has 'block'.");
    }
    if (tiers.steps != null) {
      if (tiers.steps.isEmpty() || tiers.steps.size() > MOST_TIERS) {
        throw refused(at(line) + ": 1 to %d later tiers.".formatted(MOST_TIERS));
      }
      long before = 0;
      for (Step step : tiers.steps) {
        number(step.from, line, "from");
        number(step.unitPico, line, "unit_pico");
        if (Long.parseLong(step.from) <= before) {
          throw refused(at(line) + ": 'from' has to rise.");
        }
        before = Long.parseLong(step.from);
      }
    }
    if (tiers.block != null && !tiers.block.matches("[1-9][0-9]{0,11}")) {
      throw refused(at(line) + ": 'block' is 1 to 999999999999 tokens.");
    }
  }

  @SuppressWarnings("NullAway") // members of a body may be absent
  private static void number(String text, Line line, String what) {
    if (text == null || !text.matches("0|[1-9][0-9]{0,17}")) {
      throw refused(
          "%s: '%s' is a whole number as a string, not negative, below 10^18."
              .formatted(at(line), what));
    }
  }

  private static String at(Line line) {
    return "%s, model %d, window %d".formatted(line.sku, line.modelId, line.window);
  }

  private static ServiceException refused(String why) {
    return ServiceException.pricesRefused(why);
  }
}
