package io.r1platform.verifybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.r1platform.receipts.NotGenuine;
import io.r1platform.receipts.TrustedKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Any one bit of a bundle changed, and a large one; {@code ./r1 test bill} prints the line. */
class BillIT {
  private static final int FLIPS = 10_000;
  private static final int RECORDS = Integer.getInteger("r1.bill.records", 50_000);
  private static final long SEED = Long.getLong("r1.bill.seed", 1);

  @TempDir private Path directory;

  @Test
  void everyChangedBitIsRejectedAndAMillionRecordsTakeSeconds() throws IOException {
    var random = new Random(SEED);
    var month = new Month(SEED, 40);
    byte[] whole = Files.readAllBytes(month.write(directory, "b.zip"));
    Path changed = directory.resolve("changed.zip");
    Set<String> reasons = new HashSet<>();
    int rejected = 0;
    for (int i = 0; i < FLIPS; i++) {
      int bit = random.nextInt(whole.length * 8);
      whole[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(changed, whole);
      whole[bit / 8] ^= (byte) (1 << bit % 8);
      try (var bundle = new Bundle(changed)) {
        TrustedKeys keys = random.nextBoolean() ? month.trusted() : null;
        new Verification(bundle, line -> {}).run(keys, null, null, record -> {});
        fail("bit %d of byte %d changed and nothing was said", bit % 8, bit / 8);
      } catch (NotGenuine e) {
        String reason = String.valueOf(e.getMessage());
        assertThat(reason).isNotBlank();
        reasons.add(reason.replaceAll("[0-9a-f]{8,}|\\d+", "#"));
        rejected++;
      }
    }
    assertThat(reasons).hasSizeGreaterThan(10);

    Path large = new Month(SEED, RECORDS).write(directory, "large.zip");
    long began = System.nanoTime();
    Command run = Command.run(large);
    double seconds = (System.nanoTime() - began) / 1e9;
    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.out()).contains("records=" + RECORDS);
    Path figures = Files.createDirectories(Path.of("target", "figures")).resolve("bill.txt");
    Files.writeString(
        figures,
        String.format(
            Locale.ROOT,
            "bill flips=%d rejected=%d reasons=%d records=%d megabytes=%d verify_seconds=%.1f%n",
            FLIPS,
            rejected,
            reasons.size(),
            RECORDS,
            Files.size(large) / 1_000_000,
            seconds));
  }
}
