package io.r1platform.billing.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import java.math.BigInteger;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What cannot be posted waits for a person, and every such wait has an end. */
class HeldIT {
  private static final long TENANT = 5;

  private final BillingFixture billing = new BillingFixture();
  private Samples samples;

  @BeforeEach
  void prepare() {
    samples = new Samples(new Random(11), billing.priceSha256(), billing.clock().instant());
  }

  @AfterEach
  void conservationLawHolds() {
    assertThat(billing.lawBroken()).isEmpty();
    billing.close();
  }

  /** killbill/killbill#877: a false alarm about doubles that nobody could clear. */
  @Test
  void blockedCloseHasAWayOut() {
    var first = samples.any(TENANT);
    post(1, first);
    post(2, Samples.withAmount(first, first.amountPico() + 1));
    post(3, late());
    var conflicting =
        Samples.withInt(samples.charged(TENANT, 0, 1, 1, 0), 0, 0x02010001); // unknown version
    post(4, conflicting);
    assertThat(reconciliation().path("held").asString()).isEqualTo("3");
    for (JsonNode held : held()) {
      String id = held.path("id").asString();
      boolean late = held.path("reason").asString().equals("LATE");
      assertThat(decide(id, late ? "confirm" : "reject").status()).isEqualTo(204);
    }
    assertThat(held().isEmpty()).isTrue();
    assertThat(reconciliation().path("held").asString()).isEqualTo("0");
  }

  @Test
  void confirmedLateRecordIsPostedInTheOpenPeriodOnce() {
    UsageRecord late = late();
    assertThat(post(1, late).json().path("results").get(0).asString()).isEqualTo("LATE");
    assertThat(charged()).isZero();
    String id = held().get(0).path("id").asString();
    assertThat(decide(id, "confirm").status()).isEqualTo(204);
    assertThat(decide(id, "confirm").status()).isEqualTo(204);
    assertThat(charged()).isEqualTo(BigInteger.valueOf(late.amountPico()));
    var today = LocalDate.ofInstant(billing.clock().instant(), ZoneOffset.UTC);
    assertThat(
            billing.sum(
                "-amount",
                "posted_entry where account = 'revenue'" + " and effective_on = '" + today + "'"))
        .isEqualTo(BigInteger.valueOf(late.amountPico()));
    assertThat(decide(id, "reject").text("code")).isEqualTo("already_decided");
    JsonNode day = billing.get("/internal/v1/reconciliation?day=" + late.day()).json();
    assertThat(day.path("ledger").path("cost")).isEqualTo(day.path("usage").path("cost"));
    assertThat(day.path("corrections").get(0).path("posted_on").asString())
        .isEqualTo(today.toString());
  }

  @Test
  void rejectedRecordIsNeverChargedAndNamed() {
    post(1, late());
    String id = held().get(0).path("id").asString();
    assertThat(decide(id, "reject").status()).isEqualTo(204);
    assertThat(decide(id, "reject").status()).isEqualTo(204);
    assertThat(decide(id, "confirm").text("code")).isEqualTo("already_decided");
    assertThat(charged()).isZero();
    JsonNode decided = billing.get("/internal/v1/held?open=false").json().path("records").get(0);
    assertThat(decided.path("decision").path("by").asString()).isEqualTo("ops@example.com");
    String day = decided.path("admitted_at").asString().substring(0, 10);
    JsonNode report = billing.get("/internal/v1/reconciliation?day=" + day).json();
    assertThat(report.path("settled").get(0).path("what").asString()).isEqualTo("REJECTED");
    assertThat(report.path("rejected").path("cost").asString())
        .isEqualTo(decided.path("cost").asString());
  }

  @Test
  void conflictCannotBeConfirmedAndNeverOverwrites() {
    var first = samples.any(TENANT);
    post(1, first);
    post(2, Samples.withAmount(first, first.amountPico() + 1));
    JsonNode held = held().get(0);
    assertThat(held.path("charged").asString()).isNotEqualTo(held.path("cost").asString());
    assertThat(decide(held.path("id").asString(), "confirm").text("code"))
        .isEqualTo("not_confirmable");
    assertThat(charged()).isEqualTo(BigInteger.valueOf(first.amountPico()));
  }

  @Test
  void recordFromTheFutureIsConfirmedWhenItsTimeHasCome() {
    post(1, samples.at(billing.clock().instant().plus(Duration.ofMinutes(6)), TENANT, 0, 1, 1, 1));
    String id = held().get(0).path("id").asString();
    assertThat(decide(id, "confirm").text("code")).isEqualTo("not_confirmable");
    billing.clock().advance(Duration.ofMinutes(10));
    assertThat(decide(id, "confirm").status()).isEqualTo(204);
    assertThat(charged()).isPositive();
  }

  @Test
  void lateDuplicateIsADuplicateAndALateConflictIsHeld() {
    var record = samples.any(TENANT);
    post(1, record);
    billing.clock().advance(Duration.ofDays(36));
    assertThat(post(2, record).json().path("results").get(0).asString()).isEqualTo("DUPLICATE");
    assertThat(
            post(3, Samples.withAmount(record, record.amountPico() + 1))
                .json()
                .path("results")
                .get(0)
                .asString())
        .isEqualTo("HELD");
    assertThat(held().get(0).path("reason").asString()).isEqualTo("CONFLICT");
    assertThat(charged()).isEqualTo(BigInteger.valueOf(record.amountPico()));
  }

  @Test
  void missingNumbersAreShownAndGivenUpByNameOnly() {
    post(1, samples.any(TENANT));
    assertThat(post(4, samples.any(TENANT)).status()).isEqualTo(409);
    billing.clock().advance(Duration.ofSeconds(90));
    assertThat(post(5, samples.any(TENANT)).status()).isEqualTo(409);
    JsonNode missing = reconciliation().path("streams").get(0).path("missing");
    assertThat(missing.path("first_seq").asString()).isEqualTo("2");
    assertThat(missing.path("last_seq").asString()).isEqualTo("3");
    assertThat(missing.path("seconds").asString()).isEqualTo("90");
    billing.bean(UsageWatch.class).look();
    assertThat(giveUp(2, 2).text("code")).isEqualTo("no_such_gap");
    assertThat(giveUp(2, 4).text("code")).isEqualTo("no_such_gap");
    assertThat(giveUp(2, 3).status()).isEqualTo(204);
    assertThat(giveUp(2, 3).status()).isEqualTo(204);
    assertThat(post(4, samples.any(TENANT)).status()).isEqualTo(200);
    assertThat(reconciliation().path("streams").get(0).path("missing").isNull()).isTrue();
    assertThat(billing.sum("1", "usage_hole where settled_by = 'ops@example.com'"))
        .isEqualTo(BigInteger.ONE);
  }

  @Test
  void gapThatFillsItselfIsForgotten() {
    assertThat(post(2, samples.any(TENANT)).status()).isEqualTo(409);
    assertThat(reconciliation().path("streams").get(0).path("missing").isNull()).isFalse();
    post(1, samples.any(TENANT));
    assertThat(reconciliation().path("streams").get(0).path("missing").isNull()).isTrue();
    assertThat(giveUp(1, 1).text("code")).isEqualTo("no_such_gap");
  }

  private UsageRecord late() {
    return samples.at(billing.clock().instant().minus(Duration.ofDays(40)), TENANT, 9, 8, 7, 6);
  }

  private Answer post(long seq, UsageRecord record) {
    return billing.postBatch(Samples.batch(1, 1, seq, List.of(record)));
  }

  private JsonNode held() {
    return billing.get("/internal/v1/held").json().path("records");
  }

  private JsonNode reconciliation() {
    return billing.get("/internal/v1/reconciliation").json();
  }

  private Answer decide(String id, String decision) {
    return billing.postJson(
        "/internal/v1/held/" + id + "/decision",
        BillingFixture.GATEWAY,
        """
        {"decision": "%s", "why": "looked at both", "by": "ops@example.com"}"""
            .formatted(decision));
  }

  private Answer giveUp(long first, long last) {
    return billing.postJson(
        "/internal/v1/streams/holes",
        BillingFixture.GATEWAY,
        """
        {"replica": "1", "epoch": 1, "first_seq": "%d", "last_seq": "%d",
         "why": "restored from a backup", "by": "ops@example.com"}"""
            .formatted(first, last));
  }

  private BigInteger charged() {
    return billing.sum("amount_pico", "usage_record");
  }
}
