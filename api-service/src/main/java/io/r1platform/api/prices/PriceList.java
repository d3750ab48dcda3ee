package io.r1platform.api.prices;

import io.r1platform.api.money.Pico;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One version made ready: windows as clocks, and the frozen prices of each model and window, for
 * batches and for all else.
 */
final class PriceList {
  private record Place(int modelId, int window, boolean batch) {}

  private final PriceAnswer.Version version;
  private final List<WindowClock> windows;
  private final Map<Place, Price> prices = new HashMap<>();

  /**
   * Makes a version ready.
   *
   * @throws RuntimeException if it has a zone, time or price that cannot be read
   */
  PriceList(PriceAnswer.Version version, Map<String, Map<LocalDate, Boolean>> calendars) {
    this.version = version;
    this.windows =
        version.windows().stream()
            .sorted(Comparator.comparingInt(PriceAnswer.Window::window))
            .map(window -> new WindowClock(window, days(window, calendars)))
            .toList();
    Map<Place, Map<String, Pico>> units = new HashMap<>();
    for (PriceAnswer.Row row : version.prices()) {
      units
          .computeIfAbsent(new Place(row.model_id(), row.window(), false), place -> new HashMap<>())
          .put(row.sku(), new Pico(Long.parseLong(row.unit_pico())));
    }
    var models = new TreeSet<Integer>();
    units.keySet().forEach(place -> models.add(place.modelId));
    models.forEach(
        model -> {
          addModel(model, units, false);
          addModel(model, units, true);
        });
  }

  private static Map<LocalDate, Boolean> days(
      PriceAnswer.Window window, Map<String, Map<LocalDate, Boolean>> calendars) {
    String calendar = window.calendar();
    return calendar == null ? Map.of() : calendars.getOrDefault(calendar, Map.of());
  }

  private void addModel(int model, Map<Place, Map<String, Pico>> units, boolean batch) {
    Map<Place, UnitPrices> whole = new HashMap<>();
    units.forEach(
        (place, bySku) -> {
          UnitPrices unit = place.modelId == model ? unit(bySku, batch) : null;
          if (unit != null) {
            whole.put(new Place(model, place.window, batch), unit);
          }
        });
    whole.values().stream()
        .reduce(UnitPrices::worse)
        .ifPresent(
            worst -> whole.forEach((place, unit) -> prices.put(place, price(unit, place, worst))));
  }

  private Price price(UnitPrices unit, Place place, UnitPrices worst) {
    return new Price(
        version.version_id(),
        version.content_sha256(),
        version.currency(),
        unit,
        place.window,
        worst,
        place.batch);
  }

  private static @Nullable UnitPrices unit(Map<String, Pico> bySku, boolean batch) {
    UnitPrices usual = unit(bySku, "");
    if (usual == null || !batch) {
      return usual;
    }
    UnitPrices named = unit(bySku, "_BATCH");
    return named == null ? usual.halved() : named;
  }

  private static @Nullable UnitPrices unit(Map<String, Pico> bySku, String suffix) {
    Pico hit = bySku.get("HIT" + suffix);
    Pico miss = bySku.get("MISS" + suffix);
    Pico reasoning = bySku.get("REASONING" + suffix);
    Pico answer = bySku.get("ANSWER" + suffix);
    return hit == null || miss == null || reasoning == null || answer == null
        ? null
        : new UnitPrices(hit, miss, reasoning, answer);
  }

  PriceVersion name() {
    return new PriceVersion(version.version_id(), version.currency());
  }

  String contentSha256() {
    return version.content_sha256();
  }

  boolean holdsAt(Instant time) {
    return version.holdsAt(time);
  }

  /** When this version begins and ends and, while it holds, when its windows may turn next. */
  Stream<Instant> edgesAfter(Instant time) {
    Stream<Instant> ends =
        Stream.of(version.valid_from(), version.valid_until()).filter(Objects::nonNull);
    return holdsAt(time)
        ? Stream.concat(ends, windows.stream().flatMap(window -> window.edgesAfter(time)))
        : ends;
  }

  /** The price in the first window that holds, else in window 0; null if there is none. */
  @Nullable Price priceAt(int modelId, Instant time, boolean batch) {
    int window =
        windows.stream()
            .filter(clock -> clock.holdsAt(time))
            .findFirst()
            .map(WindowClock::number)
            .orElse(0);
    return prices.get(new Place(modelId, window, batch));
  }
}
