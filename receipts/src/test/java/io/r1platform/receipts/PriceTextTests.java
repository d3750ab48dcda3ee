package io.r1platform.receipts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Price texts and what they charge. */
class PriceTextTests {
  private static final String FIRST =
      """
      r1-prices-1
      card DeepSeek-R1 list
      currency USD
      reference f
      valid_from 2025-01-01T00:00:00Z
      1 deepseek-r1 ANSWER 0 2190000
      1 deepseek-r1 HIT 0 140000
      1 deepseek-r1 MISS 0 550000
      1 deepseek-r1 REASONING 0 2190000
      """;
  private static final String SECOND =
      """
      r1-prices-2
      card a contract
      currency USD
      reference f
      tenant 7
      valid_from 2026-01-01T00:00:00.000000Z
      window 1 peak 09:00:00 12:00:00 Asia/Shanghai 1,2,3,4,5 cn
      window 2 night 22:00:00 06:00:00 UTC 6 -
      price 1 deep seek r1 ANSWER 0 10 10 -
      price 1 deep seek r1 ANSWER 1 20 20 GRADUATED 100:9,200:8
      price 1 deep seek r1 ANSWER 2 30 30 PACKAGE 1000
      price 1 deep seek r1 HIT 0 1 1 -
      price 1 deep seek r1 HIT 1 2 2 -
      price 1 deep seek r1 HIT 2 3 3 -
      price 1 deep seek r1 HIT_BATCH 0 1 1 -
      price 1 deep seek r1 MISS 0 3 3 -
      price 1 deep seek r1 MISS 1 4 4 -
      price 1 deep seek r1 MISS 2 5 5 -
      price 1 deep seek r1 REASONING 0 7 7 -
      price 1 deep seek r1 REASONING 1 8 8 -
      price 1 deep seek r1 REASONING 2 9 9 -
      """;

  @Test
  void ratesByTheFirstText() {
    PriceText prices = PriceText.parse(FIRST);
    assertThat(prices.currency()).isEqualTo("USD");
    assertThat(prices.model(1)).isEqualTo("deepseek-r1");
    long amount = 128 * 140_000L + 40 * 550_000L + 560 * 2_190_000L;
    prices.check(record("2026-06-01T00:00:00Z", 0, 0, amount), Calendars.NONE);
    assertThatThrownBy(
            () -> prices.check(record("2026-06-01T00:00:00Z", 0, 0, amount + 1), Calendars.NONE))
        .hasMessage("it charges %d pico, its tokens cost %d".formatted(amount + 1, amount));
    assertThatThrownBy(
            () -> prices.check(record("2024-12-31T23:59:59Z", 0, 0, amount), Calendars.NONE))
        .hasMessageStartingWith("it may not be charged by price version ");
  }

  @Test
  void batchesPayHalfRoundedUpWhereNothingElseIsSaid() {
    PriceText prices = PriceText.parse(SECOND);
    assertThat(prices.unit(1, 0, 0, true)).isEqualTo(1);
    assertThat(prices.unit(1, 0, 2, true)).isEqualTo(4);
    assertThatThrownBy(() -> prices.unit(2, 0, 0, false)).isInstanceOf(NotGenuine.class);
    prices.check(
        record("2026-06-01T08:00:00Z", 0, 8, 128 + 40 * 2 + 500 * 4 + 60 * 5), Calendars.NONE);
  }

  @Test
  void windowsHoldByTheirZoneTheirDaysAndTheCalendar() {
    PriceText prices = PriceText.parse(SECOND);
    var calendars = new Calendars(Map.of("cn", Map.of(LocalDate.of(2026, 6, 1), false)));
    assertThat(Calendars.parse(calendars.text(), "calendars")).isEqualTo(calendars);
    assertThat(window(prices, "2026-06-02T01:00:00Z", calendars)).isEqualTo(1); // Tuesday, 9:00
    assertThat(window(prices, "2026-06-02T04:00:00Z", calendars)).isZero(); // 12:00
    assertThat(window(prices, "2026-06-01T01:00:00Z", calendars)).isZero(); // a day off
    assertThat(window(prices, "2026-06-01T01:00:00Z", Calendars.NONE)).isEqualTo(1);
    assertThat(window(prices, "2026-06-06T22:00:00Z", calendars)).isEqualTo(2); // Saturday
    assertThat(window(prices, "2026-06-07T05:59:59Z", calendars)).isEqualTo(2); // its night
    assertThat(window(prices, "2026-06-07T06:00:00Z", calendars)).isZero();
    assertThatThrownBy(() -> prices.check(record("2026-06-02T01:00:00Z", 0, 0, 1), calendars))
        .hasMessage("it was charged in price window 0, admitted in 1");
  }

  private static int window(PriceText prices, String at, Calendars calendars) {
    return prices.windowAt(Instant.parse(at), calendars);
  }

  @Test
  void aContractChargesNobodyElse() {
    UsageRecord other =
        new UsageRecord(
            1,
            0,
            1,
            new UUID(0x7000L, 1L << 63),
            8,
            1,
            1,
            Instant.parse("2026-06-01T08:00:00Z").toEpochMilli() * 1000,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            Hash.ZERO,
            0,
            0,
            0,
            Hash.ZERO);
    assertThatThrownBy(() -> PriceText.parse(SECOND).check(other, Calendars.NONE))
        .hasMessageStartingWith("it may not be charged by price version ");
  }

  @Test
  void brokenTextsAreRefused() {
    for (String broken :
        new String[] {
          "",
          "r1-prices-3\n",
          FIRST + "x\n",
          FIRST.stripTrailing(),
          SECOND.replace("Asia/Shanghai", "Nowhere"),
          SECOND.replace("09:00:00", "25:00:00"),
          SECOND.replace("valid_from 2026", "valid_from x"),
          FIRST.replace("HIT", "HOT")
        }) {
      assertThatThrownBy(() -> PriceText.parse(broken)).isInstanceOf(NotGenuine.class);
    }
  }

  private static UsageRecord record(String admitted, int window, int flags, long amount) {
    return new UsageRecord(
        1,
        flags,
        1,
        new UUID(0x7000L, 1L << 63),
        7,
        1,
        1,
        Instant.parse(admitted).toEpochMilli() * 1000,
        0,
        128,
        40,
        500,
        60,
        0,
        0,
        0,
        window,
        Hash.ZERO,
        amount,
        0,
        0,
        Hash.ZERO);
  }
}
