package io.r1platform.billing.prices;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A month's tiers as one would work them out by hand, in dollars: what the tokens of one price cost
 * at their tiers, less what the requests were charged. Shares nothing with the production code but
 * its input.
 */
final class NaiveMonth {
  /** What counts together: a month's tokens of one list, model, SKU and window. */
  private record Line(
      long tenantId, YearMonth month, String list, int modelId, Sku sku, int window) {}

  /** A month's tokens under one version of the list. */
  record Part(long tokens, PriceVersion.Price price) {
    private BigDecimal first() {
      return dollars(price.unit().value());
    }
  }

  private final Map<Long, PriceVersion> versions = new LinkedHashMap<>();
  private final Map<Line, NavigableMap<Instant, Part>> lines = new LinkedHashMap<>();

  NaiveMonth(List<PriceVersion> versions) {
    versions.forEach(version -> this.versions.put(version.versionId(), version));
  }

  /** Counts a charge that {@link NaiveRater} gave a price; those of batches have no tiers. */
  void add(Charge charge, NaiveRater.Answer answer) {
    if (!charge.batch()) {
      add(charge, answer, Sku.HIT, charge.hit());
      add(charge, answer, Sku.MISS, charge.miss());
      add(charge, answer, Sku.REASONING, charge.reasoning());
      add(charge, answer, Sku.ANSWER, charge.answer());
    }
  }

  private void add(Charge charge, NaiveRater.Answer answer, Sku sku, int tokens) {
    PriceVersion version = Objects.requireNonNull(versions.get(answer.versionId()));
    YearMonth month = YearMonth.from(charge.admittedAt().atOffset(ZoneOffset.UTC));
    var line =
        new Line(charge.tenantId(), month, version.name(), charge.modelId(), sku, answer.window());
    PriceVersion.Price price =
        version.prices().stream()
            .filter(p -> p.modelId() == line.modelId && p.sku() == sku && p.window() == line.window)
            .findFirst()
            .orElseThrow();
    lines
        .computeIfAbsent(line, key -> new TreeMap<>())
        .merge(
            version.validFrom(),
            new Part(tokens, price),
            (a, b) -> new Part(a.tokens + b.tokens, price));
  }

  /** The parts of each line that has a tier in one of them, by the versions' begin. */
  List<List<Part>> tiered() {
    var tiered = new ArrayList<List<Part>>();
    for (NavigableMap<Instant, Part> parts : lines.values()) {
      if (parts.values().stream().anyMatch(part -> part.price.tiers() != null)) {
        tiered.add(List.copyOf(parts.values()));
      }
    }
    return tiered;
  }

  /** What the month costs more than was charged, in pico-dollars; below 0: less. */
  static BigInteger difference(List<Part> parts) {
    long month = parts.stream().mapToLong(Part::tokens).sum();
    long place = 0;
    BigDecimal cost = BigDecimal.ZERO;
    BigDecimal charged = BigDecimal.ZERO;
    for (Part part : parts) {
      long last = place + part.tokens;
      cost = cost.add(cost(part, place, last, month));
      charged = charged.add(part.first().multiply(BigDecimal.valueOf(part.tokens)));
      place = last;
    }
    return cost.subtract(charged).movePointRight(NaiveRater.PICO_DIGITS).toBigIntegerExact();
  }

  /** The cost of the tokens after number {@code place} up to {@code last} of the month. */
  private static BigDecimal cost(Part part, long place, long last, long month) {
    Tiers tiers = part.price.tiers();
    if (tiers == null || place == last) {
      return part.first().multiply(BigDecimal.valueOf(last - place));
    }
    return switch (tiers.kind()) {
      case PACKAGE -> {
        long paid = last;
        if (last == month && month % tiers.block() != 0) {
          paid = (month / tiers.block() + 1) * tiers.block();
        }
        yield part.first().multiply(BigDecimal.valueOf(paid - place));
      }
      case VOLUME -> unitOf(month, part, tiers).multiply(BigDecimal.valueOf(last - place));
      case GRADUATED -> graduated(part, tiers, place, last);
    };
  }

  /** Stretch by stretch: as many tokens as are still in the tier of the next one. */
  private static BigDecimal graduated(Part part, Tiers tiers, long place, long last) {
    BigDecimal cost = BigDecimal.ZERO;
    long at = place;
    while (at < last) {
      long end = last;
      for (Tiers.Step step : tiers.steps()) {
        if (step.from() > at) {
          end = Math.min(end, step.from());
        }
      }
      cost = cost.add(unitOf(at + 1, part, tiers).multiply(BigDecimal.valueOf(end - at)));
      at = end;
    }
    return cost;
  }

  /** The price of the tier that token lies in, the first being number 1. */
  private static BigDecimal unitOf(long token, Part part, Tiers tiers) {
    Tiers.@Nullable Step reached = null;
    for (Tiers.Step step : tiers.steps()) {
      reached = token > step.from() ? step : reached;
    }
    return reached == null ? part.first() : dollars(reached.unitPico());
  }

  private static BigDecimal dollars(long pico) {
    return BigDecimal.valueOf(pico, NaiveRater.PICO_DIGITS);
  }
}
