package io.r1platform.billing.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The write path; each test has its own tenant and replica. The names are those of the design. */
class UsageIntakeIT {
  private static BillingFixture billing;
  private static Samples samples;
  private static long lastTenant = 100;

  private final long tenant = ++lastTenant;

  @BeforeAll
  static void start() {
    billing = new BillingFixture();
    samples = new Samples(new Random(1), billing.priceSha256(), billing.clock().instant());
  }

  @AfterAll
  static void stop() {
    billing.close();
  }

  @AfterEach
  void conservationLawHolds() {
    assertThat(billing.lawBroken()).isEmpty();
  }

  @Test
  void acceptedIsPosted() {
    var record = samples.charged(tenant, 64, 128, 512, 33);
    Answer answer = post(1, List.of(record));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text("next_seq")).isEqualTo("2");
    assertThat(results(answer)).containsExactly("ACCEPTED");
    assertThat(charged()).isEqualTo(BigInteger.valueOf(record.amountPico()));
    assertThat(entries("accrued")).isEqualTo(charged());
    assertThat(entries("revenue")).isEqualTo(charged().negate());
  }

  @Test
  void dedupeLivesInTheStore() {
    var record = samples.any(tenant);
    post(1, List.of(record));
    // another stream, as after a fencing: only the stored row can know it
    Answer answer = billing.postBatch(Samples.batch(tenant + 50_000, 1, 1, List.of(record)));
    assertThat(results(answer)).containsExactly("DUPLICATE");
    assertThat(charged()).isEqualTo(BigInteger.valueOf(record.amountPico()));
  }

  @Test
  void duplicateCountsOnce() {
    var a = samples.any(tenant);
    var b = samples.any(tenant);
    Answer answer = post(1, List.of(a, b, a, a));
    assertThat(results(answer)).containsExactly("ACCEPTED", "ACCEPTED", "DUPLICATE", "DUPLICATE");
    assertThat(count("usage_record")).isEqualTo(2);
    assertThat(billing.sum("requests", "usage_hourly where tenant_id = " + tenant))
        .isEqualTo(BigInteger.TWO);
  }

  @Test
  void cursorCommitsWithRows() {
    var records = IntStream.range(0, 20).mapToObj(i -> samples.any(tenant)).toList();
    byte[] batch = Samples.batch(tenant, 1, 1, records);
    billing.postBatch(batch);
    BigInteger once = charged();
    // the acknowledgement was lost: the gateway sends the same bytes again
    Answer again = billing.postBatch(batch);
    assertThat(again.text("next_seq")).isEqualTo("21");
    assertThat(results(again)).hasSize(20).containsOnly("DUPLICATE");
    // and then a longer stretch that begins in the middle of what was taken
    var longer = new ArrayList<>(records.subList(10, 20));
    longer.add(samples.any(tenant));
    Answer overlap = post(11, longer);
    assertThat(overlap.text("next_seq")).isEqualTo("22");
    assertThat(results(overlap)).endsWith("ACCEPTED").hasSize(11);
    assertThat(charged()).isEqualTo(once.add(BigInteger.valueOf(longer.getLast().amountPico())));
  }

  /** Bad labels never cost a record its place; a batch that comes again changes none. */
  @Test
  void labelsAreKeptBesideTheRecordOnceAndDroppedWhereTheyCannotBe() {
    var records = IntStream.range(0, 6).mapToObj(i -> samples.any(tenant)).toList();
    String good =
        "{\"client_reference\":\"r\",\"end_user\":\"u\",\"metadata\":{\"b\":\"1\",\"a\":\"ü\"}}";
    var labels =
        List.of(
            good,
            "",
            "{\"end_user\":\"\\u0000\"}",
            "{\"metadata\":{\"\\ud800\":\"x\"}}",
            "no json",
            "{\"end_user\":\"%s\"}".formatted("u".repeat(513)));
    byte[] batch = Samples.batch(tenant, 1, 1, records, labels);
    for (int i = 0; i < 2; i++) {
      assertThat(billing.postBatch(batch).status()).isEqualTo(200);
    }
    Answer elsewhere =
        billing.postBatch(
            Samples.batch(tenant + 50_000, 1, 1, records.subList(0, 2), List.of("", good)));
    assertThat(results(elsewhere)).containsExactly("DUPLICATE", "DUPLICATE");
    assertThat(count("usage_record")).isEqualTo(6);
    assertThat(
            billing
                .sql()
                .sql(
                    """
                    select concat_ws(' ', l.client_reference, l.end_user, l.metadata ->> 'a')
                    from usage_label l join usage_record using (bucket, event_id)
                    where tenant_id = ?
                    """)
                .param(tenant)
                .query(String.class)
                .list())
        .containsExactly("r u ü");
    assertThat(billing.sum("amount", "usage_hourly_user where tenant_id = " + tenant))
        .isEqualTo(BigInteger.valueOf(records.getFirst().amountPico()));
  }

  @Test
  void refusesABatchWhoseLabelsDoNotFit() {
    var record = List.of(samples.any(tenant));
    for (String labels : List.of("x".repeat(65_537), "{}")) {
      byte[] batch = Samples.batch(tenant, 1, 1, record, List.of(labels, labels));
      assertThat(billing.postBatch(batch).text("code")).isEqualTo("bad_batch");
    }
    assertThat(count("usage_record")).isZero();
  }

  @Test
  void labelsAreForgottenAfterTheirTimeAndSumsStay() {
    var record = samples.charged(tenant, 1, 2, 3, 4);
    byte[] batch = Samples.batch(tenant, 1, 1, List.of(record), List.of("{\"end_user\":\"u\"}"));
    billing.postBatch(batch);
    var labels = billing.bean(UsageLabels.class);
    labels.forget();
    assertThat(count("usage_hourly_user")).isEqualTo(1);
    var clock = java.time.Clock.offset(billing.clock(), Duration.ofDays(402));
    new UsageLabels(billing.sql(), new LabelSettings(400), clock).forget();
    assertThat(count("usage_hourly_user")).isZero();
    assertThat(count("usage_record")).isEqualTo(1);
    assertThat(count("usage_hourly")).isEqualTo(1);
    assertThat(
            billing
                .sql()
                .sql("select count(*) from usage_label where event_id = ?")
                .param(record.eventId())
                .query(Long.class)
                .single())
        .isZero();
  }

  @Test
  void nothingLeavesQueueBeforeCommit() {
    billing
        .database()
        .execute(
            """
            create function billing.fail_at_commit() returns trigger language plpgsql as
              $$ begin raise exception 'disk full'; end $$
            """);
    billing
        .database()
        .execute(
            """
            create constraint trigger fail_at_commit after insert on billing.journal
              deferrable initially deferred for each row execute function billing.fail_at_commit()
            """);
    var record = samples.any(tenant);
    try {
      assertThat(post(1, List.of(record)).status()).isEqualTo(500);
    } finally {
      billing.database().execute("drop function billing.fail_at_commit() cascade");
    }
    assertThat(count("usage_record")).isZero();
    assertThat(count("usage_hourly")).isZero();
    Answer later = post(1, List.of(record));
    assertThat(results(later)).containsExactly("ACCEPTED");
    assertThat(later.text("next_seq")).isEqualTo("2");
  }

  @Test
  void badItemDoesNotFailBatch() {
    var good = samples.any(tenant);
    var wrongAmount = Samples.withAmount(samples.any(tenant), 1);
    var negative = Samples.withInt(samples.any(tenant), 64, -1);
    var finishZero = Samples.with(samples.any(tenant), 0, 1, 0, 0);
    var farFuture = samples.at(Instant.parse("9999-01-01T00:00:00Z"), tenant, 0, 1, 1, 1);
    var unknownModel = Samples.withInt(samples.any(tenant), 4, 77);
    var freePrompt = samples.charged(tenant, 0, 5, 0, 0);
    Answer answer =
        post(
            1,
            List.of(wrongAmount, negative, good, finishZero, farFuture, unknownModel, freePrompt));
    assertThat(results(answer))
        .containsExactly("HELD", "HELD", "ACCEPTED", "HELD", "HELD", "HELD", "HELD");
    assertThat(charged()).isEqualTo(BigInteger.valueOf(good.amountPico()));
    assertThat(heldReasons())
        .containsExactly(
            "PRICE_MISMATCH", "MALFORMED", "MALFORMED", "FUTURE", "UNKNOWN_PRICE", "MALFORMED");
  }

  @Test
  void otherContentUnderTheSameIdIsHeldAndNeverOverwrites() {
    var first = samples.charged(tenant, 0, 10, 10, 10);
    var other = Samples.with(first, 2, 1, 0, 0);
    assertThat(results(post(1, List.of(first, other)))).containsExactly("ACCEPTED", "HELD");
    assertThat(results(post(3, List.of(other)))).containsExactly("HELD");
    assertThat(heldReasons()).containsExactly("CONFLICT");
    assertThat(billing.sum("finish", "usage_record where tenant_id = " + tenant))
        .isEqualTo(BigInteger.ONE);
  }

  @Test
  void usageOlderThan35DaysIsLateAndHeldNotDropped() {
    Instant now = billing.clock().instant();
    var inTime = samples.at(now.minus(Duration.ofDays(34)), tenant, 1, 1, 1, 1);
    var late = samples.at(now.minus(Duration.ofDays(35).plusMinutes(1)), tenant, 1, 1, 1, 1);
    assertThat(results(post(1, List.of(inTime, late)))).containsExactly("ACCEPTED", "LATE");
    assertThat(heldReasons()).containsExactly("LATE");
  }

  @Test
  void admissionMoreThanFiveMinutesAheadIsHeld() {
    Instant now = billing.clock().instant();
    var near = samples.at(now.plusSeconds(290), tenant, 1, 1, 1, 1);
    var far = samples.at(now.plusSeconds(301), tenant, 1, 1, 1, 1);
    assertThat(results(post(1, List.of(near, far)))).containsExactly("ACCEPTED", "HELD");
    assertThat(heldReasons()).containsExactly("FUTURE");
  }

  @Test
  void referencePricesAreNeverCharged() {
    String o1 =
        billing
            .sql()
            .sql("select encode(content_sha256, 'hex') from rate_card_version where version_id = 2")
            .query(String.class)
            .single();
    var onO1 = new Samples(new Random(tenant), o1, billing.clock().instant());
    var record =
        Samples.withAmount(Samples.withInt(onO1.charged(tenant, 0, 1, 1, 0), 4, 100), 75_000_000);
    assertThat(results(post(1, List.of(record)))).containsExactly("HELD");
    assertThat(heldReasons()).containsExactly("PRICE_MISMATCH");
  }

  @Test
  void zeroIsZeroMissingIsNotGuessed() {
    var lost = samples.free(tenant, 6, 0x0053);
    var noOutput = Samples.with(samples.free(tenant, 3, 0x0021), 3, 0x0021, 17, 0);
    assertThat(results(post(1, List.of(lost, noOutput)))).containsOnly("ACCEPTED");
    assertThat(charged()).isZero();
    assertThat(count("usage_record")).isEqualTo(2);
    assertThat(billing.sum("waived_in", "usage_hourly where tenant_id = " + tenant))
        .isEqualTo(BigInteger.valueOf(17));
    assertThat(entries("accrued")).isZero();
  }

  @Test
  void sumsDoNotDrift() {
    BigInteger expected = BigInteger.ZERO;
    long seq = 1;
    for (int batch = 0; batch < 10; batch++) {
      var records = IntStream.range(0, 97).mapToObj(i -> samples.any(tenant)).toList();
      post(seq, records);
      seq += records.size();
      for (UsageRecord record : records) {
        expected = expected.add(BigInteger.valueOf(record.amountPico()));
      }
    }
    assertThat(charged()).isEqualTo(expected);
    assertThat(entries("accrued")).isEqualTo(expected);
  }

  @Test
  void amountsPastALongAddUpExactly() {
    var records = new ArrayList<UsageRecord>();
    for (int i = 0; i < 3; i++) {
      var big = samples.charged(tenant, 0, 0, 1, 0);
      big = Samples.withInt(big, 72, Integer.MAX_VALUE);
      records.add(Samples.withAmount(big, 2_190_000L * Integer.MAX_VALUE));
    }
    assertThat(results(post(1, records))).containsOnly("ACCEPTED");
    assertThat(entries("accrued"))
        .isEqualTo(
            BigInteger.valueOf(2_190_000L * Integer.MAX_VALUE).multiply(BigInteger.valueOf(3)));
  }

  @Test
  void gapIsRefusedWithTheExpectedSequence() {
    Answer gap = post(2, List.of(samples.any(tenant)));
    assertThat(gap.status()).isEqualTo(409);
    assertThat(gap.text("code")).isEqualTo("gap");
    assertThat(gap.text("expected_seq")).isEqualTo("1");
    assertThat(count("usage_record")).isZero();
  }

  @Test
  void damagedBatchIsRefusedWhole() {
    byte[] batch = Samples.batch(tenant, 1, 1, List.of(samples.any(tenant)));
    batch[100] ^= 1;
    assertThat(billing.postBatch(batch).text("code")).isEqualTo("bad_batch");
    byte[] cut = java.util.Arrays.copyOf(Samples.batch(tenant, 1, 1, List.of()), 63);
    assertThat(billing.postBatch(cut).text("code")).isEqualTo("bad_batch");
    var tooMany = IntStream.range(0, 5_001).mapToObj(i -> samples.any(tenant)).toList();
    assertThat(billing.postBatch(Samples.batch(tenant, 1, 1, tooMany)).status()).isEqualTo(400);
    assertThat(count("usage_record")).isZero();
  }

  @Test
  void closedEpochTakesNothingMore() {
    var record = samples.any(tenant);
    post(1, List.of(record));
    assertThat(close(2).text("code")).isEqualTo("gap");
    assertThat(close(1).status()).isEqualTo(204);
    assertThat(close(1).status()).isEqualTo(204);
    assertThat(results(post(1, List.of(record)))).containsExactly("DUPLICATE");
    Answer more = post(2, List.of(samples.any(tenant)));
    assertThat(more.status()).isEqualTo(410);
    assertThat(more.text("code")).isEqualTo("epoch_closed");
  }

  @Test
  void emptyEpochCanBeClosed() {
    assertThat(close(0).status()).isEqualTo(204);
    assertThat(post(1, List.of(samples.any(tenant))).status()).isEqualTo(410);
  }

  @Test
  void recordComesBackByteForByte() {
    var record = samples.any(tenant);
    post(1, List.of(record));
    byte[] stored =
        billing
            .sql()
            .sql("select record from charged_request where tenant_id = ?")
            .param(tenant)
            .query(byte[].class)
            .single();
    assertThat(stored).isEqualTo(record.bytes());
  }

  private Answer post(long firstSeq, List<UsageRecord> records) {
    return billing.postBatch(Samples.batch(tenant, 1, firstSeq, records));
  }

  private Answer close(long lastSeq) {
    String json =
        """
        {"source":"gateway","replica":"%d","epoch":1,"last_seq":"%d"}"""
            .formatted(tenant, lastSeq);
    return billing.postJson("/internal/v1/epochs/close", BillingFixture.GATEWAY, json);
  }

  private static List<String> results(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json().path("results").valueStream().map(JsonNode::asString).toList();
  }

  private BigInteger charged() {
    return billing.sum("amount_pico", "usage_record where tenant_id = " + tenant);
  }

  private BigInteger entries(String account) {
    return billing.sum(
        "amount",
        "posted_entry where account = '%s' and tenant_id = %d".formatted(account, tenant));
  }

  private long count(String table) {
    return billing.sum("1", table + " where tenant_id = " + tenant).longValueExact();
  }

  private List<String> heldReasons() {
    return billing
        .sql()
        .sql("select reason from usage_held where replica_id = ? order by held_id")
        .param(tenant)
        .query(String.class)
        .list();
  }
}
