package io.r1platform.billing.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class UsageRecordTests {
  /** The fields of the golden file; api-service has its own codec and the same file. */
  private static final UsageRecord GOLDEN =
      new UsageRecord(
          1,
          3,
          0x0035,
          2,
          UUID.fromString("019aa9c2-4e00-7abc-8def-0123456789ab"),
          1_000_000_007L,
          2_000_000_011L,
          3_000_000_019L,
          1_763_769_600_123_456L,
          1_763_769_604_654_321L,
          64,
          128,
          512,
          33,
          5,
          6,
          321,
          0,
          "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
          1_272_910_000L,
          "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
          "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeffe0e1e2e3e4e5e6e7e8e9eaebecedeeef");

  private static final String GOLDEN_LEAF =
      "cbc67f0c43d7e5c4372c45fc2b513281783e57ad240a1f2cc644d16bcf00481e";

  @Test
  void writesTheGoldenBytes() throws IOException {
    assertThat(HexFormat.of().formatHex(GOLDEN.bytes())).isEqualTo(golden());
  }

  @Test
  void readsTheGoldenBytes() throws IOException {
    byte[] bytes = HexFormat.of().parseHex(golden());
    assertThat(bytes).hasSize(UsageRecord.BYTES);
    assertThat(UsageRecord.read(ByteBuffer.wrap(bytes))).isEqualTo(GOLDEN);
  }

  @Test
  void hashesTheGoldenBytesToTheGoldenLeaf() throws IOException {
    assertThat(UsageRecord.leaf(HexFormat.of().parseHex(golden()))).isEqualTo(GOLDEN_LEAF);
  }

  @Test
  void everyByteOfTheRecordIsAField() {
    for (int offset = 0; offset < UsageRecord.BYTES; offset++) {
      byte[] bytes = GOLDEN.bytes();
      bytes[offset] ^= 0x55;
      var read = UsageRecord.read(ByteBuffer.wrap(bytes));
      assertThat(read).isNotEqualTo(GOLDEN);
      assertThat(read.bytes()).isEqualTo(bytes);
    }
  }

  private static String golden() throws IOException {
    try (InputStream in = UsageRecordTests.class.getResourceAsStream("/usage-record-golden.hex")) {
      return new String(
              Objects.requireNonNull(in, "golden file").readAllBytes(), StandardCharsets.US_ASCII)
          .strip();
    }
  }
}
