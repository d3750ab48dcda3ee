package io.r1platform.billing.prices;

import io.r1platform.billing.money.Pico;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A book of random lists, contracts, windows, zones, holidays and tiers, from one seed. */
final class RandomBook {
  static final Instant FROM = Instant.parse("2025-01-01T00:00:00Z");
  static final Duration SPAN = Duration.ofDays(900);
  private static final List<String> ZONES =
      ZoneId.getAvailableZoneIds().stream().filter(z -> z.contains("/")).sorted().toList();
  private static final int TENANTS = 4;
  private static final int MODELS = 3;
  private static final int MOST_TOKENS = 131_072;

  private final Random random;
  final List<PriceVersion> versions = new ArrayList<>();
  final Map<String, Map<LocalDate, Boolean>> calendars = new HashMap<>();

  RandomBook(long seed) {
    random = new Random(seed);
    for (String calendar : List.of("cn", "de")) {
      var days = calendars.computeIfAbsent(calendar, name -> new HashMap<>());
      for (int i = 0; i < 120; i++) {
        days.put(LocalDate.of(2025, 1, 1).plusDays(random.nextInt(900)), random.nextInt(3) == 0);
      }
    }
    addLists(null);
    for (long tenant = 1; tenant <= TENANTS; tenant++) {
      if (random.nextBoolean()) {
        addLists(tenant);
      }
    }
  }

  /** One to three versions, one after another, with or without a gap. */
  private void addLists(@Nullable Long tenant) {
    Instant begin = FROM.plusSeconds(tenant == null ? 0 : random.nextInt(300 * 86_400));
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      boolean open = i == count - 1 && random.nextBoolean();
      Instant end = begin.plusSeconds(86_400 + random.nextInt(400 * 86_400)).plusNanos(1_000);
      versions.add(version(tenant, begin, open ? null : end));
      begin = random.nextInt(4) == 0 ? end.plusSeconds(random.nextInt(86_400)) : end;
    }
  }

  private PriceVersion version(@Nullable Long tenant, Instant from, @Nullable Instant until) {
    var windows = new ArrayList<PriceWindow>();
    int count = random.nextInt(4);
    for (int i = 1; i <= count; i++) {
      windows.add(window(i));
    }
    long id = versions.size() + 1L;
    var prices = new ArrayList<PriceVersion.Price>();
    for (int model = 1; model <= MODELS; model++) {
      boolean batch = random.nextBoolean();
      if (tenant == null || random.nextBoolean() || model == 1) {
        for (Sku sku : Sku.values()) {
          for (int win = 0; win <= count && (batch || !sku.isBatch()); win++) {
            prices.add(price(model, sku, win));
          }
        }
      }
    }
    String hash = "%064x".formatted(id);
    boolean reference = random.nextInt(10) == 0;
    return new PriceVersion(
        id, tenant, "card of " + tenant, "USD", hash, from, until, reference, windows, prices);
  }

  private PriceWindow window(int number) {
    var days = EnumSet.of(DayOfWeek.of(1 + random.nextInt(7)));
    for (DayOfWeek day : DayOfWeek.values()) {
      if (random.nextInt(3) > 0) {
        days.add(day);
      }
    }
    LocalTime from = time();
    return new PriceWindow(
        number,
        "w" + number,
        from,
        random.nextInt(10) == 0 ? from : time(),
        ZoneId.of(ZONES.get(random.nextInt(ZONES.size()))),
        days,
        switch (random.nextInt(3)) {
          case 0 -> "cn";
          case 1 -> "de";
          default -> null;
        });
  }

  private LocalTime time() {
    return random.nextInt(5) == 0
        ? LocalTime.ofSecondOfDay(random.nextInt(86_400))
        : LocalTime.ofSecondOfDay(random.nextInt(96) * 900L);
  }

  private PriceVersion.Price price(int model, Sku sku, int win) {
    long unit = random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(70_000_000);
    Tiers tiers = sku.isBatch() || random.nextInt(3) > 0 ? null : tiers(unit);
    return new PriceVersion.Price(
        model, "m" + model, sku, win, new Pico(unit), new Pico(unit), tiers);
  }

  private Tiers tiers(long unit) {
    if (random.nextInt(3) == 0) {
      return new Tiers(Tiers.Kind.PACKAGE, List.of(), 1 + random.nextInt(1_000_000));
    }
    var steps = new ArrayList<Tiers.Step>();
    long from = 0;
    int most = random.nextBoolean() ? 5_000_000 : 100_000;
    for (int i = random.nextInt(4); i >= 0; i--) {
      from += 1 + random.nextInt(most);
      steps.add(new Tiers.Step(from, random.nextLong(unit + 1)));
    }
    var kind = random.nextBoolean() ? Tiers.Kind.GRADUATED : Tiers.Kind.VOLUME;
    return new Tiers(kind, steps, 0);
  }

  /** A charge at any time, or close to where a window, a version or a clock change turns. */
  Charge charge() {
    return new Charge(
        1 + random.nextInt(TENANTS),
        1 + random.nextInt(MODELS),
        moment(),
        random.nextInt(4) == 0,
        random.nextInt(MOST_TOKENS),
        random.nextInt(MOST_TOKENS),
        random.nextInt(MOST_TOKENS),
        random.nextInt(MOST_TOKENS));
  }

  private Instant moment() {
    Instant any = FROM.plusSeconds(random.nextLong(SPAN.toSeconds())).plusNanos(random.nextInt());
    PriceVersion version = versions.get(random.nextInt(versions.size()));
    if (random.nextInt(20) == 0) {
      return version.validFrom().plusNanos((random.nextInt(3) - 1) * 1_000L);
    }
    if (version.windows().isEmpty() || random.nextBoolean()) {
      return any;
    }
    PriceWindow window = version.windows().get(random.nextInt(version.windows().size()));
    if (random.nextBoolean()) {
      ZoneOffsetTransition change = window.zone().getRules().nextTransition(any);
      return change == null ? any : change.getInstant().plusSeconds(random.nextInt(14_400) - 7_200);
    }
    LocalTime edge = random.nextBoolean() ? window.from() : window.to();
    return any.atZone(window.zone())
        .with(edge)
        .toInstant()
        .plusNanos((random.nextInt(5) - 2) * 500_000_000L);
  }
}
