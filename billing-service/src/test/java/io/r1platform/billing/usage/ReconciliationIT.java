package io.r1platform.billing.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.BillingFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Engine against gateway against ledger; each test has a service of its own. */
class ReconciliationIT {
  private static final int GATEWAY_COUNT = 4;
  private static final int FOREIGN = 1 << 8;
  private static final int DISCONNECT = 3;
  private static final int ENGINE_ERROR = 4;
  private static final int LOST = 6;

  private final BillingFixture billing = new BillingFixture();
  private Samples samples;
  private Receipts engine;
  private long nextSeq = 1;

  @BeforeEach
  void prepare() {
    samples = new Samples(new Random(7), billing.priceSha256(), billing.clock().instant());
    engine = new Receipts(billing, 1, 1);
  }

  @AfterEach
  void conservationLawHolds() {
    assertThat(billing.lawBroken()).isEmpty();
    billing.close();
  }

  @Test
  void equalCountsAreNoDifference() {
    UsageRecord record = post(samples.charged(5, 0, 12, 40, 10));
    assertThat(engine.ship(record.eventId(), 1, 12, 50).status()).isEqualTo(200);
    JsonNode report = report();
    assertThat(report.path("differences").isEmpty()).isTrue();
    assertThat(report.path("settled").isEmpty()).isTrue();
    assertThat(report.path("engine").path("output").asString()).isEqualTo("50");
    assertThat(report.path("usage").path("output").asString()).isEqualTo("50");
    assertThat(report.path("ledger").path("cost").asString())
        .isEqualTo(report.path("usage").path("cost").asString());
  }

  @Test
  void oneTokenTooFewIsADifference() {
    UsageRecord record = post(samples.charged(5, 0, 12, 40, 10));
    engine.ship(record.eventId(), 1, 12, 51);
    assertThat(report().path("differences").get(0).path("event_id").asString())
        .isEqualTo(record.eventId().toString());
  }

  /** Hits and misses cost differently, so equal sums are not enough. */
  @Test
  void tokensOfAnotherClassAreADifference() {
    UsageRecord hits = post(samples.charged(5, 0, 12, 40, 10));
    engine.shipAt(hits.finishedAt(), hits.eventId(), 1, 8, 4, 40, 50);
    UsageRecord reasoning = post(samples.charged(5, 0, 12, 40, 10));
    engine.shipAt(reasoning.finishedAt(), reasoning.eventId(), 1, 0, 12, 39, 50);
    UsageRecord cut =
        post(Samples.with(samples.charged(5, 0, 12, 40, 0), DISCONNECT, GATEWAY_COUNT, 0, 0));
    engine.shipAt(cut.finishedAt(), cut.eventId(), 1, 0, 12, 30, 40);
    JsonNode differences = report().path("differences");
    assertThat(differences.size()).isEqualTo(2);
    for (JsonNode difference : differences) {
      assertThat(text(difference, "what"))
          .isEqualTo("engine and usage count cache hits or reasoning differently");
    }
  }

  @Test
  void aHeldRecordIsNotLostWhenItsEpochIsClosed() {
    UsageRecord right = samples.charged(5, 0, 12, 40, 10);
    UsageRecord mispriced = Samples.withAmount(right, right.amountPico() - 1);
    billing.postBatch(Samples.batch(1, 1, 1, List.of(mispriced)));
    engine.ship(mispriced);
    var closed =
        billing.postJson(
            "/internal/v1/epochs/close",
            BillingFixture.GATEWAY,
            "{\"source\":\"gateway\",\"replica\":\"1\",\"epoch\":1,\"last_seq\":\"1\"}");
    assertThat(closed.status()).isEqualTo(204);
    JsonNode report = report();
    assertThat(report.path("waived").isEmpty()).isTrue();
    assertThat(text(report.path("differences").get(0), "what"))
        .isEqualTo("engine receipt of a held record that nobody has decided");
  }

  /** What the gateway's journal has is what usage has, what was rejected, and what is undecided. */
  @Test
  void undecidedRecordsOfADayAreTold() {
    UsageRecord charged = post(samples.charged(5, 0, 12, 40, 10));
    UsageRecord right = samples.charged(5, 2, 12, 40, 10);
    UsageRecord undecided = Samples.withAmount(right, right.amountPico() - 1);
    UsageRecord copy = Samples.withAmount(charged, charged.amountPico() + 1);
    billing.postBatch(Samples.batch(1, 1, nextSeq, List.of(undecided, copy)));
    String day = "/internal/v1/reconciliation?day=";
    JsonNode report = billing.get(day + charged.bucket()).json();
    assertThat(text(report, "held")).as("the copy too").isEqualTo("2");
    assertThat(text(report.path("usage"), "pico")).isEqualTo(Long.toString(charged.amountPico()));
    JsonNode told = report.path("undecided");
    assertThat(text(told, "requests")).isEqualTo("1");
    assertThat(text(told, "input")).isEqualTo("14");
    assertThat(text(told, "output")).isEqualTo("50");
    assertThat(text(told, "pico")).isEqualTo(Long.toString(undecided.amountPico()));
    assertThat(text(report.path("rejected"), "requests")).isEqualTo("0");
    JsonNode before = billing.get(day + charged.bucket().minusDays(1)).json();
    assertThat(text(before.path("undecided"), "requests")).isEqualTo("0");
  }

  @Test
  void lateCountOfACutStreamIsWaived() {
    UsageRecord record =
        post(Samples.with(samples.charged(5, 0, 12, 40, 0), DISCONNECT, GATEWAY_COUNT, 0, 0));
    engine.ship(record.eventId(), 1, 12, 47);
    assertWaived("LATE_STOP", "0", "7");
  }

  @Test
  void deadEngineIsNamed() {
    post(Samples.with(samples.charged(5, 0, 12, 40, 0), ENGINE_ERROR, GATEWAY_COUNT, 0, 0));
    assertThat(report().path("differences").get(0).path("what").asString())
        .isEqualTo("usage record without engine receipt");
    engine.end();
    assertWaived("ENGINE_DIED", "-12", "-40");
  }

  /** An instance that began after the request had ended cannot have served it. */
  @Test
  void endOfAnInstanceThatBeganLaterExplainsNothing() {
    UsageRecord record =
        post(Samples.with(samples.charged(5, 0, 12, 40, 0), ENGINE_ERROR, GATEWAY_COUNT, 0, 0));
    assertThat(engine.endOfOneThatBegan(record.finishedAt().plusMillis(1)).status()).isEqualTo(204);
    assertThat(report().path("differences").size()).isEqualTo(1);
    assertThat(report().path("waived").isEmpty()).isTrue();
    var served = new Receipts(billing, 1, 1);
    assertThat(served.endOfOneThatBegan(record.finishedAt()).status()).isEqualTo(204);
    assertWaived("ENGINE_DIED", "-12", "-40");
  }

  @Test
  void endOfAnInstanceThatWentOnAfterwardsExplainsNothing() {
    post(Samples.with(samples.charged(5, 0, 12, 40, 0), ENGINE_ERROR, GATEWAY_COUNT, 0, 0));
    billing.clock().advance(Duration.ofMinutes(2));
    var later = new Samples(new Random(8), billing.priceSha256(), billing.clock().instant());
    UsageRecord served = post(later.charged(5, 0, 12, 40, 10));
    engine.shipAt(billing.clock().instant(), served.eventId(), 1, 12, 50);
    engine.end();
    assertThat(report().path("differences").size()).isEqualTo(1);
  }

  /** It keeps no receipts of ours; an attempt on our own engine before it was repeated. */
  @Test
  void foreignUpstreamNeedsNoReceipt() {
    post(Samples.with(samples.charged(5, 0, 12, 40, 10), 1, FOREIGN, 0, 0));
    assertWaived("FOREIGN", "-12", "-50");
    UsageRecord repeated = post(Samples.with(samples.charged(5, 0, 12, 40, 10), 1, FOREIGN, 0, 0));
    engine.ship(repeated.eventId(), 1, 12, 0);
    assertWaived("FOREIGN", "-12", "-100");
    assertThat(report().path("differences").isEmpty()).isTrue();
  }

  @Test
  void lostRequestIsNamedAlsoWithoutAReceipt() {
    post(samples.free(5, LOST, 2));
    assertWaived("LOST", "0", "0");
  }

  @Test
  void recordedWaiverExplainsExactlyItsTokens() {
    int overrun = 4 << 4;
    UsageRecord record = post(Samples.with(samples.charged(5, 0, 12, 40, 10), 2, overrun, 0, 3));
    engine.ship(record.eventId(), 1, 12, 53);
    assertWaived("OVERRUN", "0", "3");
    UsageRecord wrong = post(Samples.with(samples.charged(5, 0, 12, 40, 10), 2, overrun, 0, 3));
    engine.ship(wrong.eventId(), 1, 12, 54);
    assertThat(report().path("differences").size()).isEqualTo(1);
  }

  @Test
  void lostRequestIsWaivedWhole() {
    UsageRecord record = post(samples.free(5, LOST, 2));
    engine.ship(record.eventId(), 1, 12, 33);
    assertWaived("LOST", "12", "33");
  }

  @Test
  void promptWithoutOutputIsWaived() {
    UsageRecord record = post(samples.free(5, DISCONNECT, 0));
    engine.ship(record.eventId(), 1, 12, 0);
    assertWaived("NO_OUTPUT", "12", "0");
  }

  @Test
  void earlierAttemptIsWaived() {
    UsageRecord record = post(samples.charged(5, 0, 12, 40, 10));
    engine.ship(record.eventId(), 1, 12, 3);
    engine.ship(record.eventId(), 2, 12, 50);
    assertWaived("RETRY", "12", "3");
  }

  @Test
  void receiptWithoutUsageIsLostOnlyWhenItsEpochIsClosed() {
    post(samples.free(5, LOST, 2));
    var id = samples.id(billing.clock().instant());
    engine.ship(id, 1, 12, 33);
    assertThat(report().path("differences").get(0).path("what").asString())
        .isEqualTo("engine receipt without usage record");
    var closed =
        billing.postJson(
            "/internal/v1/epochs/close",
            BillingFixture.GATEWAY,
            "{\"source\":\"gateway\",\"replica\":\"1\",\"epoch\":1,\"last_seq\":\"1\"}");
    assertThat(closed.status()).isEqualTo(204);
    assertWaived("LOST", "12", "33");
  }

  @Test
  void chargeWithoutAReceiptIsADifference() {
    post(samples.charged(5, 0, 12, 40, 10));
    assertThat(report().path("differences").get(0).path("what").asString())
        .isEqualTo("usage record without engine receipt");
  }

  @Test
  void receiptThatComesTwiceCountsOnce() {
    UsageRecord record = post(samples.charged(5, 0, 12, 40, 10));
    engine.ship(record.eventId(), 1, 12, 50);
    var again = new Receipts(billing, 1, 1);
    again.ship(record.eventId(), 1, 12, 50);
    JsonNode report = report();
    assertThat(report.path("engine").path("output").asString()).isEqualTo("50");
    assertThat(engine.end().status()).isEqualTo(204);
    assertThat(engine.end().status()).isEqualTo(204);
  }

  private void assertWaived(String cause, String input, String output) {
    JsonNode report = report();
    assertThat(report.path("differences").isEmpty()).as(report.toString()).isTrue();
    JsonNode waived = report.path("waived").get(0);
    assertThat(List.of(text(waived, "cause"), text(waived, "input"), text(waived, "output")))
        .containsExactly(cause, input, output);
    assertThat(text(report.path("settled").get(0), "what")).isEqualTo(cause);
  }

  private UsageRecord post(UsageRecord record) {
    var results = new ArrayList<String>();
    billing
        .postBatch(Samples.batch(1, 1, nextSeq++, List.of(record)))
        .json()
        .path("results")
        .forEach(result -> results.add(result.asString()));
    assertThat(results).containsExactly("ACCEPTED");
    return record;
  }

  private JsonNode report() {
    var answer = billing.get("/internal/v1/reconciliation");
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json();
  }

  private static String text(JsonNode node, String member) {
    return node.path(member).asString();
  }
}
