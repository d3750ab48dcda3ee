package io.r1platform.billing.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whatever comes, how often and in what order: usage, sums and ledger stay equal. */
class ConservationIT {
  private static final Logger LOG = LoggerFactory.getLogger(ConservationIT.class);
  private static final int MOST_IN_A_BATCH = 40;

  private final BillingFixture billing = new BillingFixture();

  @AfterEach
  void stop() {
    billing.close();
  }

  /** Random cuts, resends after a lost acknowledgement, gaps, foreign copies, on random days. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void randomTrafficIsChargedOnce(long seed) {
    var random = new Random(seed);
    List<UsageRecord> records = records(random, 600);
    BigInteger expected = total(records);
    for (int replica = 1; replica <= 2; replica++) {
      // the second stream ships the same records in another order, as after a mistaken recovery
      int next = 0;
      while (next < records.size()) {
        int from = Math.clamp(next + random.nextInt(30) - 20, 0, records.size() - 1);
        int to = Math.min(records.size(), from + 1 + random.nextInt(MOST_IN_A_BATCH));
        Answer answer =
            billing.postBatch(Samples.batch(replica, 1, from + 1, records.subList(from, to)));
        if (from > next) {
          assertThat(answer.text("expected_seq")).isEqualTo(Integer.toString(next + 1));
        } else {
          next = Integer.parseInt(answer.text("next_seq")) - 1;
          assertThat(next).isGreaterThanOrEqualTo(to);
        }
      }
      assertThat(charged()).isEqualTo(expected);
      assertThat(billing.lawBroken()).isEmpty();
      Collections.shuffle(records, random);
    }
    assertThat(billing.sum("amount", "posted_entry")).isZero();
  }

  @Test
  void concurrentStreamsOfOneTenantNeverBlockEachOtherForGood()
      throws InterruptedException, ExecutionException {
    var random = new Random(4);
    List<UsageRecord> shared = records(random, 2_000);
    var tasks = new ArrayList<Future<Integer>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int replica = 1; replica <= 4; replica++) {
        int stream = replica;
        var mine = new ArrayList<>(shared);
        Collections.shuffle(mine, new Random(replica));
        tasks.add(
            threads.submit(
                () -> {
                  for (int from = 0; from < mine.size(); from += 200) {
                    var answer =
                        billing.postBatch(
                            Samples.batch(stream, 1, from + 1, mine.subList(from, from + 200)));
                    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
                  }
                  return stream;
                }));
      }
      for (Future<Integer> task : tasks) {
        task.get();
      }
    }
    assertThat(charged()).isEqualTo(total(shared));
    assertThat(billing.lawBroken()).isEmpty();
  }

  /** Prints how many records a second one stream of 5,000-record batches takes, over HTTP. */
  @Test
  void fullBatchesAreTakenAndMeasured() {
    var samples = new Samples(new Random(9), billing.priceSha256(), billing.clock().instant());
    int size = UsageBatch.MOST_ITEMS;
    long rounds = 8;
    List<byte[]> batches =
        LongStream.range(0, rounds)
            .mapToObj(
                round ->
                    Samples.batch(
                        1,
                        1,
                        1 + round * size,
                        IntStream.range(0, size).mapToObj(i -> samples.any(1 + i % 50)).toList()))
            .toList();
    long begin = System.nanoTime();
    for (byte[] batch : batches) {
      assertThat(billing.postBatch(batch).status()).isEqualTo(200);
    }
    long millis = (System.nanoTime() - begin) / 1_000_000;
    LOG.info("{} records in {} ms: {}/s", rounds * size, millis, rounds * size * 1_000 / millis);
    assertThat(billing.sum("1", "usage_record")).isEqualTo(BigInteger.valueOf(rounds * size));
    assertThat(billing.lawBroken()).isEmpty();
  }

  private List<UsageRecord> records(Random random, int number) {
    Instant now = billing.clock().instant();
    var samples = new Samples(random, billing.priceSha256(), now);
    var records = new ArrayList<UsageRecord>();
    for (int i = 0; i < number; i++) {
      Instant at = now.minus(Duration.ofMinutes(random.nextInt(3 * 24 * 60)));
      int output = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(900);
      int input = output == 0 ? 0 : random.nextInt(4_000);
      records.add(samples.at(at, 1 + random.nextInt(7), input / 3, input, output, output / 2));
    }
    return records;
  }

  private static BigInteger total(List<UsageRecord> records) {
    return records.stream()
        .map(record -> BigInteger.valueOf(record.amountPico()))
        .reduce(BigInteger.ZERO, BigInteger::add);
  }

  private BigInteger charged() {
    return billing.sum("amount_pico", "usage_record");
  }
}
