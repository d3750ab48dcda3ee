package io.r1platform.api.prices;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Until when a quote may promise a price. */
class ValidUntilTests {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private static final Instant BEGUN = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant SOON = Instant.parse("2026-11-24T00:00:00Z");
  private static final Instant LATER = Instant.parse("2026-12-01T00:00:00Z");
  private static final long ORGANIZATION = 7;
  private static final int MODEL = 2;

  @Test
  void isOpenWhereNothingLaterIsPublished() {
    assertThat(until(version(null, BEGUN, null))).isEmpty();
  }

  @Test
  void endsWithTheVersionOrWhereTheNextBegins() {
    assertThat(until(version(null, BEGUN, LATER))).contains(LATER);
    assertThat(until(version(null, BEGUN, null), version(null, SOON, null))).contains(SOON);
  }

  @Test
  void aContractThatBeginsEndsThePublicPrice() {
    assertThat(until(version(null, BEGUN, LATER), version("7", SOON, null))).contains(SOON);
    assertThat(until(version(null, BEGUN, LATER), version("8", SOON, null))).contains(LATER);
  }

  /** Berlin is an hour ahead in November: the window turns at 07:00 and 19:00 UTC. */
  @Test
  void endsWhereAWindowMayTurn() {
    var window =
        new PriceAnswer.Window(
            1, "day", "08:00", "20:00", "Europe/Berlin", List.of(1, 2, 3, 4, 5), null);
    assertThat(until(version(null, BEGUN, LATER, window)))
        .contains(Instant.parse("2026-11-22T19:00:00Z"));
    assertThat(until(Instant.parse("2026-11-22T19:00:00Z"), version(null, BEGUN, LATER, window)))
        .contains(Instant.parse("2026-11-23T07:00:00Z"));
    assertThat(until(version(null, SOON, LATER, window), version(null, BEGUN, SOON)))
        .as("windows of a version that does not hold yet do not matter")
        .contains(SOON);
  }

  /** On the morning of 2027-03-28 clocks jump from 02:00 to 03:00, so that a window opens early. */
  @Test
  void endsAtTheLatestWhenClocksAreSet() {
    var window =
        new PriceAnswer.Window(
            1, "night", "02:30", "23:00", "Europe/Berlin", List.of(1, 2, 3, 4, 5, 6, 7), null);
    assertThat(until(Instant.parse("2027-03-28T00:59:00Z"), version(null, BEGUN, null, window)))
        .contains(Instant.parse("2027-03-28T01:00:00Z"));
  }

  private static Optional<Instant> until(PriceAnswer.Version... versions) {
    return until(NOW, versions);
  }

  private static Optional<Instant> until(Instant time, PriceAnswer.Version... versions) {
    return new KnownPrices(new PriceAnswer(List.of(versions), List.of()))
        .validUntil(ORGANIZATION, MODEL, time);
  }

  private static PriceAnswer.Version version(
      @Nullable String tenant,
      Instant from,
      @Nullable Instant until,
      PriceAnswer.Window... windows) {
    List<PriceAnswer.Row> prices =
        Stream.of("HIT", "MISS", "REASONING", "ANSWER")
            .map(sku -> new PriceAnswer.Row(MODEL, sku, 0, "1"))
            .toList();
    return new PriceAnswer.Version(
        "1", tenant, "list", "USD", "ab".repeat(32), from, until, false, List.of(windows), prices);
  }
}
