package io.r1platform.receipts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The record and its receipt, against vectors that another program wrote. */
class UsageRecordTests {
  private record Vector(String name, String hex, String receipt, String leaf) {}

  private static final List<Vector> VECTORS = vectors();

  @Test
  void readsAndWritesThePublishedVectors() {
    assertThat(VECTORS).hasSize(3);
    for (Vector vector : VECTORS) {
      byte[] bytes = HexFormat.of().parseHex(vector.hex);
      UsageRecord record = UsageRecord.of(bytes);

      assertThat(record.bytes()).as(vector.name).isEqualTo(bytes);
      assertThat(record.receipt()).isEqualTo(vector.receipt);
      assertThat(UsageRecord.ofReceipt(vector.receipt)).isEqualTo(record);
      assertThat(new Hasher().leaf(bytes).hex()).isEqualTo(vector.leaf);
      assertThat(record.fault()).isEmpty();
    }
    UsageRecord streamed = UsageRecord.ofReceipt(VECTORS.getFirst().receipt);
    assertThat(streamed.organizationId()).isEqualTo(7);
    assertThat(streamed.reasoning()).isEqualTo(500);
    assertThat(streamed.amountPico()).isEqualTo(128 * 140_000L + 40 * 550_000L + 560 * 2_190_000L);
    assertThat(streamed.admittedAt()).hasToString("2025-11-30T00:00:00.123456Z");
    assertThat(UsageRecord.ofReceipt(VECTORS.get(1).receipt).isBatch()).isTrue();
  }

  @Test
  void everyBitIsInTheRecord() {
    byte[] bytes = HexFormat.of().parseHex(VECTORS.getFirst().hex);
    UsageRecord record = UsageRecord.of(bytes);
    for (int bit = 8; bit < bytes.length * 8; bit++) {
      byte[] changed = bytes.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      UsageRecord other = UsageRecord.of(changed);
      assertThat(other).as("bit %d", bit).isNotEqualTo(record);
      assertThat(other.bytes()).isEqualTo(changed);
    }
  }

  @Test
  void everyChangeOfAReceiptsTextIsSeen() {
    String receipt = VECTORS.getFirst().receipt;
    UsageRecord record = UsageRecord.ofReceipt(receipt);
    var random = new Random(1);
    for (int at = 0; at < receipt.length(); at++) {
      char[] text = receipt.toCharArray();
      text[at] ^= (char) (1 << random.nextInt(7));
      String changed = new String(text);
      try {
        assertThat(UsageRecord.ofReceipt(changed)).as(changed).isNotEqualTo(record);
      } catch (NotGenuine e) {
        assertThat(e).hasMessageContaining("re"); // receipt or record
      }
    }
    assertThatThrownBy(() -> UsageRecord.ofReceipt(receipt + "A")).isInstanceOf(NotGenuine.class);
    assertThatThrownBy(() -> UsageRecord.ofReceipt(receipt + "=")).isInstanceOf(NotGenuine.class);
    assertThatThrownBy(() -> UsageRecord.ofReceipt("v2" + receipt.substring(2)))
        .hasMessageContaining("begins with v1.");
  }

  @Test
  void sumsCarryOverSixtyFourBitsAndTheTreeCommitsToThem() {
    var tree = new SumTree(new Hasher());
    for (Vector vector : VECTORS) {
      UsageRecord record = UsageRecord.ofReceipt(vector.receipt);
      tree.append(Hash.ofHex(vector.leaf), Sums.of(record));
    }
    assertThat(tree.sums())
        .isEqualTo(
            new Sums(3, 128, 40, 500, 60, 0, 2_147_483_647, 0, 1, 0, tree.sums().amountLow()));
    assertThat(tree.sums().amountPico()).isEqualTo("9223372038121095807");
    assertThat(tree.root().hex())
        .isEqualTo("54c7de8f22d89c44c42269ac3db6cd2dd94f1ab87289b4dbb5e824df8e18aed1");
    Sums most = new Sums(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1);
    assertThat(most.plus(most).amountPico()).isEqualTo("36893488147419103230");
  }

  private static List<Vector> vectors() {
    try {
      List<String> lines =
          Files.readAllLines(Path.of("src/test/resources/record-vectors.txt")).stream()
              .filter(line -> !line.startsWith("#"))
              .toList();
      var vectors = new ArrayList<Vector>();
      for (int i = 0; i < lines.size(); i += 4) {
        vectors.add(new Vector(lines.get(i), lines.get(i + 1), lines.get(i + 2), lines.get(i + 3)));
      }
      return vectors;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
