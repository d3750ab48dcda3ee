package io.r1platform.billing.budgets;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ResetTests {
  private static final Instant LONG_AGO = Instant.parse("2000-01-01T00:00:00Z");
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  @Test
  void daysAreLocalAlsoWhenTheyHave23Or25Hours() {
    Reset.Period spring = around(Reset.DAY, "2026-03-29T10:00:00Z", BERLIN);
    assertThat(spring.from()).isEqualTo("2026-03-28T23:00:00Z");
    assertThat(length(spring)).isEqualTo(Duration.ofHours(23));
    Reset.Period autumn = around(Reset.DAY, "2026-10-25T00:30:00Z", BERLIN);
    assertThat(autumn.from()).isEqualTo("2026-10-24T22:00:00Z");
    assertThat(length(autumn)).isEqualTo(Duration.ofHours(25));
  }

  @Test
  void aDayWithoutMidnightBeginsWithItsFirstMoment() {
    // Santiago springs forward at midnight: 00:00 does not exist on 6 September 2026
    Reset.Period day = around(Reset.DAY, "2026-09-06T12:00:00Z", ZoneId.of("America/Santiago"));
    assertThat(day.from()).isEqualTo("2026-09-06T04:00:00Z");
    assertThat(length(day)).isEqualTo(Duration.ofHours(23));
  }

  @Test
  void weeksBeginOnMonday() {
    Reset.Period week = around(Reset.WEEK, "2026-11-29T12:00:00Z", ZoneId.of("UTC"));
    assertThat(week)
        .isEqualTo(
            new Reset.Period(
                Instant.parse("2026-11-23T00:00:00Z"), Instant.parse("2026-11-30T00:00:00Z")));
  }

  @Test
  void monthsQuartersAndYearsAreThoseOfTheZone() {
    ZoneId shanghai = ZoneId.of("Asia/Shanghai");
    // already 2027 in Shanghai
    String moment = "2026-12-31T17:00:00Z";
    for (Reset reset : List.of(Reset.MONTH, Reset.QUARTER, Reset.YEAR)) {
      assertThat(around(reset, moment, shanghai).from()).isEqualTo("2026-12-31T16:00:00Z");
    }
    assertThat(around(Reset.MONTH, moment, shanghai).to()).isEqualTo("2027-01-31T16:00:00Z");
    assertThat(around(Reset.QUARTER, moment, shanghai).to()).isEqualTo("2027-03-31T16:00:00Z");
    assertThat(around(Reset.YEAR, moment, shanghai).to()).isEqualTo("2027-12-31T16:00:00Z");
    assertThat(around(Reset.QUARTER, "2026-05-31T00:00:00Z", ZoneId.of("UTC")).from())
        .isEqualTo("2026-04-01T00:00:00Z");
  }

  @Test
  void neverAndRollingBeginWithTheBudget() {
    Instant created = Instant.parse("2026-11-25T06:44:59Z");
    for (Reset reset : List.of(Reset.NEVER, Reset.ROLLING)) {
      Reset.Period period = reset.around(created.plusSeconds(9), BERLIN, created);
      assertThat(period).isEqualTo(new Reset.Period(Instant.parse("2026-11-25T06:30:00Z"), null));
      assertThat(reset.around(Instant.parse("2026-11-25T06:29:59Z"), BERLIN, created)).isNull();
    }
  }

  @Test
  void nothingIsBeforeTheFirstPeriod() {
    Instant created = Instant.parse("2026-11-25T06:44:59Z");
    assertThat(Reset.MONTH.around(Instant.parse("2026-11-01T00:00:00Z"), BERLIN, created))
        .isNotNull();
    assertThat(Reset.MONTH.around(Instant.parse("2026-10-31T00:00:00Z"), BERLIN, created)).isNull();
  }

  @Test
  void periodsTileTime() {
    var random = new Random(7);
    List<ZoneId> zones =
        List.of(
            BERLIN,
            ZoneId.of("America/Sao_Paulo"),
            ZoneId.of("Australia/Lord_Howe"),
            ZoneId.of("Asia/Kathmandu"),
            ZoneId.of("Pacific/Apia"));
    for (int i = 0; i < 2_000; i++) {
      Instant moment = Instant.ofEpochSecond(1_600_000_000L + random.nextInt(400_000_000));
      for (ZoneId zone : zones) {
        for (Reset reset : List.of(Reset.DAY, Reset.WEEK, Reset.MONTH, Reset.QUARTER, Reset.YEAR)) {
          Reset.Period period = Objects.requireNonNull(reset.around(moment, zone, LONG_AGO));
          Instant end = Objects.requireNonNull(period.to());
          assertThat(moment).isBetween(period.from(), end.minusNanos(1));
          assertThat(Reset.step(period.from())).isEqualTo(period.from());
          Reset.Period next = Objects.requireNonNull(reset.around(end, zone, LONG_AGO));
          assertThat(next.from()).isEqualTo(end);
        }
      }
    }
  }

  private static Reset.Period around(Reset reset, String moment, ZoneId zone) {
    return Objects.requireNonNull(reset.around(Instant.parse(moment), zone, LONG_AGO));
  }

  private static Duration length(Reset.Period period) {
    return Duration.between(period.from(), Objects.requireNonNull(period.to()));
  }
}
