package io.r1platform.billing.prices;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A version or draft made ready for rating: windows as clocks, prices in arrays. Immutable. */
public final class RatedVersion {
  private static final int SKUS = Sku.values().length;
  private static final long NONE = -1;

  private final PriceVersion version;
  private final WindowClock[] windows;
  private final Map<Integer, long[]> units = new HashMap<>();

  RatedVersion(PriceVersion version, Map<String, Map<LocalDate, Boolean>> calendars) {
    this.version = version;
    this.windows =
        version.windows().stream()
            .map(window -> new WindowClock(window, days(window, calendars)))
            .toArray(WindowClock[]::new);
    int most = version.prices().stream().mapToInt(PriceVersion.Price::window).max().orElse(0);
    for (PriceVersion.Price price : version.prices()) {
      long[] row =
          units.computeIfAbsent(
              price.modelId(),
              model -> {
                long[] none = new long[(most + 1) * SKUS];
                Arrays.fill(none, NONE);
                return none;
              });
      row[price.window() * SKUS + price.sku().place()] = price.unit().value();
    }
    units.values().forEach(RatedVersion::halveForBatches);
  }

  /** Where a version names no batch prices for a model, they are half of the others, rounded up. */
  private static void halveForBatches(long[] row) {
    for (int at = 0; at < row.length; at += SKUS) {
      for (int kind = at; kind < at + Sku.KINDS; kind++) {
        if (row[kind] >= 0 && row[kind + Sku.KINDS] < 0) {
          row[kind + Sku.KINDS] = row[kind] / 2 + row[kind] % 2;
        }
      }
    }
  }

  private static Map<LocalDate, Boolean> days(
      PriceWindow window, Map<String, Map<LocalDate, Boolean>> calendars) {
    String calendar = window.calendar();
    return calendar == null ? Map.of() : calendars.getOrDefault(calendar, Map.of());
  }

  /** What was made ready. */
  public PriceVersion version() {
    return version;
  }

  boolean prices(int modelId) {
    return units.containsKey(modelId);
  }

  /** The number of the first window that holds, else 0. */
  public int windowAt(Instant moment) {
    for (WindowClock window : windows) {
      if (window.holdsAt(moment)) {
        return window.number();
      }
    }
    return 0;
  }

  /** Pico-dollars per token; negative if there is no such price. */
  public long unit(int modelId, Sku sku, int window) {
    long[] row = units.get(modelId);
    int at = window * SKUS + sku.place();
    return row == null || window < 0 || at >= row.length ? NONE : row[at];
  }

  /**
   * What the request costs in a window; null if a price is missing.
   *
   * @throws ArithmeticException if the amount does not fit in a {@code long}
   */
  public @Nullable Rated rate(Charge charge, int window) {
    long[] row = units.get(charge.modelId());
    int at = window * SKUS + (charge.batch() ? Sku.KINDS : 0);
    if (row == null || window < 0 || at + Sku.KINDS > row.length) {
      return null;
    }
    if ((row[at] | row[at + 1] | row[at + 2] | row[at + 3]) < 0) {
      return null;
    }
    long amount = Math.multiplyExact(row[at], (long) charge.hit());
    amount = Math.addExact(amount, Math.multiplyExact(row[at + 1], (long) charge.miss()));
    amount = Math.addExact(amount, Math.multiplyExact(row[at + 2], (long) charge.reasoning()));
    amount = Math.addExact(amount, Math.multiplyExact(row[at + 3], (long) charge.answer()));
    return new Rated(version, window, amount);
  }
}
