package io.r1platform.billing.usage;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Charged requests of any organization and time, for tests of invoices. */
public final class InvoiceTraffic {
  private static final int PROJECT_LOW = 36;

  private final BillingFixture billing;
  private final Contracts contracts;
  private final Random random;
  private final Receipts engine;
  private long replica = 40_000;

  public InvoiceTraffic(BillingFixture billing, Random random) {
    this.billing = billing;
    this.contracts = new Contracts(billing);
    this.random = random;
    this.engine = new Receipts(billing, 1, 1);
  }

  /** Charges a request at list prices and ships its receipt. */
  public void charge(long tenant, Instant at, int hit, int miss, int reasoning, int answer) {
    UsageRecord record = samples(at).at(at, tenant, hit, miss, reasoning, answer);
    post(record);
    expect(engine.ship(record));
  }

  /** Charges a request of so many answer tokens at list prices; returns its pico. */
  public long charge(long tenant, Instant at, int answer) {
    makePartition(at);
    UsageRecord record = samples(at).at(at, tenant, 0, 0, 0, answer);
    post(record);
    return record.amountPico();
  }

  /** Ships a request of so many answer tokens at a wrong price, which is held. */
  public void hold(long tenant, Instant at, int answer) {
    UsageRecord record = samples(at).at(at, tenant, 0, 0, 0, answer);
    UsageRecord wrong = Samples.withAmount(record, record.amountPico() + 1);
    Answer held = billing.postBatch(Samples.batch(++replica, 1, 1, List.of(wrong)));
    if (!held.body().contains("HELD")) {
      throw new AssertionError("billing answered " + held);
    }
  }

  /** Lets all gateways be heard of at that moment. */
  public void hear(Instant at) {
    billing
        .sql()
        .sql("update ingest_hwm set seen_at = ?")
        .param(at.atOffset(ZoneOffset.UTC))
        .update();
  }

  /** Charges a random request of one of three projects, now and then as a line of a batch. */
  public void chargeAny(long tenant, Instant at) {
    makePartition(at);
    UsageRecord record =
        samples(at)
            .at(
                at,
                tenant,
                random.nextInt(3_000),
                random.nextInt(3_000),
                1 + random.nextInt(9_000),
                random.nextInt(3_000));
    if (random.nextInt(4) == 0) {
      record = Samples.ofBatch(record);
    }
    post(Samples.withInt(record, PROJECT_LOW, (int) tenant * 10 + random.nextInt(3)));
  }

  /** Publishes a contract whose answers have a tier, at a price for every token, from then on. */
  public String contract(long tenant, Instant from, long unit) {
    String id =
        contracts.draft(
            tenant,
            from,
            unit,
            Map.of(
                "ANSWER",
                "{\"kind\": \"GRADUATED\", \"steps\": [{\"from\": \"100\", \"unit_pico\":"
                    + " \"7\"}]}"));
    contracts.publish(id);
    return id;
  }

  /** Charges a random request by that contract. */
  public void chargeBy(String version, long unit, long tenant, Instant at) {
    makePartition(at);
    UsageRecord record =
        samples(at)
            .at(at, tenant, random.nextInt(900), random.nextInt(900), 3, random.nextInt(900));
    post(contracts.by(version, unit, record));
  }

  private void makePartition(Instant at) {
    billing
        .sql()
        .sql("select make_usage_partitions(?::date)")
        .param(LocalDate.ofInstant(at, ZoneOffset.UTC))
        .query((row, number) -> true)
        .single();
  }

  private void post(UsageRecord record) {
    Answer answer = billing.postBatch(Samples.batch(++replica, 1, 1, List.of(record)));
    expect(answer);
    if (!answer.body().contains("ACCEPTED")) {
      throw new AssertionError("billing answered " + answer);
    }
  }

  private Samples samples(Instant at) {
    return new Samples(random, billing.priceSha256(), at);
  }

  private static void expect(Answer answer) {
    if (answer.status() != 200) {
      throw new AssertionError("billing answered " + answer);
    }
  }
}
