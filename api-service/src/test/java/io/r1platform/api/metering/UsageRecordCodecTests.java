package io.r1platform.api.metering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.r1platform.api.money.Pico;
import io.r1platform.api.prices.Tokens;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class UsageRecordCodecTests {
  /** The fields of the golden file; billing-service has its own codec and the same file. */
  private static final UsageRecord GOLDEN =
      new UsageRecord(
          Finish.CLIENT_DISCONNECT,
          true,
          false,
          true,
          false,
          Origin.OWN,
          Waiver.LATE_STOP,
          2,
          UUID.fromString("019aa9c2-4e00-7abc-8def-0123456789ab"),
          1_000_000_007L,
          2_000_000_011L,
          3_000_000_019L,
          1_763_769_600_123_456L,
          1_763_769_604_654_321L,
          new Tokens(64, 128, 512, 33),
          5,
          6,
          321,
          0,
          "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
          new Pico(1_272_910_000L),
          new Salt(0xa0a1a2a3a4a5a6a7L, 0xa8a9aaabacadaeafL),
          "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeffe0e1e2e3e4e5e6e7e8e9eaebecedeeef");

  @Test
  void writesTheGoldenBytes() throws IOException {
    assertThat(HexFormat.of().formatHex(UsageRecordCodec.encode(GOLDEN))).isEqualTo(golden());
  }

  @Test
  void readsTheGoldenBytes() throws IOException {
    assertThat(UsageRecordCodec.decode(HexFormat.of().parseHex(golden()))).isEqualTo(GOLDEN);
  }

  @Test
  void keepsEveryFinishAndWaiver() {
    for (Finish finish : Finish.values()) {
      assertThat(Finish.ofWire(finish.number())).isEqualTo(finish);
    }
    for (Waiver waiver : Waiver.values()) {
      assertThat(Waiver.ofWire(waiver.number())).isEqualTo(waiver);
    }
    assertThat(Finish.CANCELLED.number()).isEqualTo(8);
    assertThat(Finish.LOST.number()).isEqualTo(6);
    assertThat(Waiver.LOST.number()).isEqualTo(5);
  }

  @Test
  void saysInBit3OfTheFlagsThatItIsALineOfABatch() {
    byte[] bytes = UsageRecordCodec.encode(GOLDEN);
    assertThat(UsageRecordCodec.decode(bytes).batch()).isFalse();
    bytes[3] |= 8;
    UsageRecord batch = UsageRecordCodec.decode(bytes);
    assertThat(batch.batch()).isTrue();
    assertThat(batch.lost(7).batch()).isTrue();
    assertThat(UsageRecordCodec.encode(batch)).isEqualTo(bytes);
  }

  @Test
  void saysInBits8And9ThatAForeignUpstreamAnsweredAndWhetherItsUsageIsInDoubt() {
    byte[] bytes = UsageRecordCodec.encode(GOLDEN);
    bytes[2] |= 1;
    UsageRecord foreign = UsageRecordCodec.decode(bytes);
    assertThat(foreign.origin()).isEqualTo(Origin.FOREIGN);
    assertThat(UsageRecordCodec.encode(foreign)).isEqualTo(bytes);
    bytes[2] |= 2;
    UsageRecord flagged = UsageRecordCodec.decode(bytes);
    assertThat(flagged.origin()).isEqualTo(Origin.FOREIGN_FLAGGED);
    assertThat(flagged.waiver()).isEqualTo(Waiver.LATE_STOP);
    assertThat(UsageRecordCodec.encode(flagged)).isEqualTo(bytes);
  }

  @Test
  void refusesAnotherVersionOrLength() {
    byte[] bytes = UsageRecordCodec.encode(GOLDEN);
    bytes[0] = 2;
    assertThatIllegalArgumentException().isThrownBy(() -> UsageRecordCodec.decode(bytes));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> UsageRecordCodec.decode(new byte[UsageRecordCodec.SIZE - 1]));
  }

  @Test
  void livesInTheDayOfItsId() {
    assertThat(GOLDEN.bucket()).isEqualTo(LocalDate.parse("2025-11-22"));
  }

  @Test
  void chargesNothingWhenLost() {
    UsageRecord lost = GOLDEN.lost(7);
    assertThat(lost.finish()).isEqualTo(Finish.LOST);
    assertThat(lost.recovered()).isTrue();
    assertThat(lost.amount()).isEqualTo(Pico.ZERO);
    assertThat(lost.charged()).isEqualTo(Tokens.NONE);
    assertThat(lost.waiver()).isEqualTo(Waiver.LOST);
    assertThat(lost.eventId()).isEqualTo(GOLDEN.eventId());
    assertThat(lost.admittedAtMicros()).isEqualTo(GOLDEN.admittedAtMicros());
  }

  private static String golden() throws IOException {
    try (InputStream in =
        UsageRecordCodecTests.class.getResourceAsStream("/usage-record-golden.hex")) {
      return new String(
              Objects.requireNonNull(in, "golden file").readAllBytes(), StandardCharsets.US_ASCII)
          .strip();
    }
  }
}
