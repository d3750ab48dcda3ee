package io.r1platform.billing.usage;

import static java.util.stream.Collectors.toMap;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;

/** Requests for tests of other packages: charged now, their engine receipts when asked for. */
public final class UsageTraffic {
  private static final long TENANT = 5;

  private final BillingFixture billing;
  private final Receipts engine;
  private final Random random = new Random(3);
  private final List<UsageRecord> waiting = new ArrayList<>();
  private long nextSeq = 1;

  public UsageTraffic(BillingFixture billing) {
    this.billing = billing;
    this.engine = new Receipts(billing, 1, 1);
  }

  /** Charges a request of a few seconds ago. */
  public void charge(int input, int output) {
    post(samples().charged(TENANT, 0, input, output, 0));
  }

  /**
   * Charges so many requests of that organization at once.
   *
   * @return their 184 bytes, by id
   */
  public Map<UUID, byte[]> chargeMany(long organization, int count) {
    List<UsageRecord> records =
        Stream.generate(() -> samples().any(organization)).limit(count).toList();
    expect(billing.postBatch(Samples.batch(1, 1, nextSeq, records)));
    nextSeq += count;
    return records.stream().collect(toMap(UsageRecord::eventId, UsageRecord::bytes));
  }

  /** Charges a request of noon of that day. */
  public void chargeOn(LocalDate day, int input, int output) {
    post(samples().at(day.atTime(12, 0).toInstant(ZoneOffset.UTC), TENANT, 0, input, output, 0));
  }

  /** Ships the engine's receipts of all requests that have none yet. */
  public void receiveAll() {
    for (UsageRecord one : waiting) {
      expect(engine.ship(one));
    }
    waiting.clear();
  }

  private void post(UsageRecord record) {
    expect(billing.postBatch(Samples.batch(1, 1, nextSeq++, List.of(record))));
    waiting.add(record);
  }

  private Samples samples() {
    return new Samples(random, billing.priceSha256(), billing.clock().instant());
  }

  private static void expect(Answer answer) {
    if (answer.status() != 200) {
      throw new AssertionError("billing answered " + answer);
    }
  }
}
