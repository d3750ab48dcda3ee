package io.r1platform.billing.prices;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Rates as one would explain it to an accountant: one charge at a time, dollars as decimals, dates
 * of {@code java.time}. Shares nothing with the production rater but its input.
 */
record NaiveRater(List<PriceVersion> versions, Map<String, Map<LocalDate, Boolean>> calendars) {
  static final int PICO_DIGITS = 12;

  record Answer(long versionId, int window, BigDecimal dollars) {}

  Optional<Answer> rate(Charge charge) {
    Optional<PriceVersion> version = holding(charge, true).or(() -> holding(charge, false));
    if (version.isEmpty()) {
      return Optional.empty();
    }
    int window = window(version.get(), charge.admittedAt());
    BigDecimal dollars = BigDecimal.ZERO;
    Map<String, Integer> tokens =
        Map.of(
            "HIT", charge.hit(),
            "MISS", charge.miss(),
            "REASONING", charge.reasoning(),
            "ANSWER", charge.answer());
    for (var kind : tokens.entrySet()) {
      Optional<BigDecimal> unit = unit(version.get(), charge, kind.getKey(), window);
      if (unit.isEmpty()) {
        return Optional.empty();
      }
      dollars = dollars.add(unit.get().multiply(BigDecimal.valueOf(kind.getValue())));
    }
    return Optional.of(new Answer(version.get().versionId(), window, dollars));
  }

  private Optional<PriceVersion> holding(Charge charge, boolean contract) {
    return versions.stream()
        .filter(version -> !version.reference())
        .filter(
            version ->
                contract
                    ? Long.valueOf(charge.tenantId()).equals(version.tenantId())
                    : version.tenantId() == null)
        .filter(version -> version.validFrom().compareTo(charge.admittedAt()) <= 0)
        .filter(
            version ->
                version.validUntil() == null
                    || version.validUntil().compareTo(charge.admittedAt()) > 0)
        .filter(
            version ->
                version.prices().stream().anyMatch(price -> price.modelId() == charge.modelId()))
        .findFirst();
  }

  /** A batch pays what the version says for it, else half, rounded up to a pico-dollar. */
  private static Optional<BigDecimal> unit(
      PriceVersion version, Charge charge, String kind, int window) {
    Optional<BigDecimal> usual = unit(version, charge.modelId(), kind, window);
    if (!charge.batch()) {
      return usual;
    }
    return unit(version, charge.modelId(), kind + "_BATCH", window)
        .or(
            () ->
                usual.map(
                    price -> price.divide(BigDecimal.TWO, PICO_DIGITS, RoundingMode.CEILING)));
  }

  private static Optional<BigDecimal> unit(
      PriceVersion version, int model, String sku, int window) {
    return version.prices().stream()
        .filter(price -> price.modelId() == model)
        .filter(price -> price.sku().name().equals(sku))
        .filter(price -> price.window() == window)
        .map(price -> BigDecimal.valueOf(price.unit().value(), PICO_DIGITS))
        .findFirst();
  }

  private int window(PriceVersion version, Instant moment) {
    for (PriceWindow window : version.windows()) {
      LocalDateTime wall = ZonedDateTime.ofInstant(moment, window.zone()).toLocalDateTime();
      for (int back = 0; back <= 1; back++) {
        LocalDate begun = wall.toLocalDate().minusDays(back);
        LocalDateTime start = begun.atTime(window.from());
        LocalDateTime end = begun.atTime(window.to());
        if (!end.isAfter(start)) {
          end = begun.plusDays(1).atTime(window.to());
        }
        if (!wall.isBefore(start) && wall.isBefore(end) && counts(window, begun)) {
          return window.number();
        }
      }
    }
    return 0;
  }

  private boolean counts(PriceWindow window, LocalDate day) {
    Boolean special =
        window.calendar() == null
            ? null
            : calendars.getOrDefault(window.calendar(), Map.of()).get(day);
    return special == null ? window.days().contains(day.getDayOfWeek()) : special;
  }
}
