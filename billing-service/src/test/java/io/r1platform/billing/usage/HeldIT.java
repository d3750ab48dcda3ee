package io.r1platform.billing.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import io.r1platform.billing.DryFirst;
import io.r1platform.billing.budgets.LeaseIds;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What cannot be posted waits for a person, and every such wait has an end. */
class HeldIT {
  private static final long TENANT = 5;

  private final BillingFixture billing = new BillingFixture().dryFirst();
  private Samples samples;

  @AfterAll
  static void allKindsWereTried() {
    assertThat(DryFirst.done()).contains("held/N/decision", "streams/holes");
  }

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
    String labels = "{\"client_reference\":\"r\",\"end_user\":\"u\"}";
    Answer taken = billing.postBatch(Samples.batch(1, 1, 1, List.of(late), List.of(labels)));
    assertThat(taken.json().path("results").get(0).asString()).isEqualTo("LATE");
    assertThat(charged()).isZero();
    assertThat(billing.sum("1", "usage_label")).isZero();
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
    assertThat(billing.sum("1", "usage_label where client_reference = 'r'")).isOne();
    assertThat(billing.sum("amount", "usage_hourly_user where end_user = 'u'"))
        .isEqualTo(BigInteger.valueOf(late.amountPico()));
    assertThat(decide(id, "reject").text("code")).isEqualTo("already_decided");
    JsonNode day = billing.get("/internal/v1/reconciliation?day=" + late.day()).json();
    assertThat(day.path("ledger").path("cost")).isEqualTo(day.path("usage").path("cost"));
    assertThat(day.path("corrections").get(0).path("posted_on").asString())
        .isEqualTo(today.toString());
    assertThat(day.path("corrected").asString()).isEqualTo("1");
    String pages = "/internal/v1/reconciliation/corrections?limit=1&from=" + late.day();
    JsonNode page = billing.get(pages).json();
    assertThat(page.path("corrections").get(0)).isEqualTo(day.path("corrections").get(0));
    assertThat(page.path("next").isNull()).isTrue();
    assertThat(billing.get(pages + "&after=" + id).json().path("corrections").isEmpty()).isTrue();
  }

  @Test
  void labelsOfHeldRecordsAreForgottenToo() {
    var labels = List.of("{\"end_user\":\"u\"}", "");
    var records = List.of(late(), late());
    assertThat(billing.postBatch(Samples.batch(1, 1, 1, records, labels)).status()).isEqualTo(200);
    assertThat(billing.sum("1", "usage_held_label")).isOne();
    forgetLabels(Duration.ofDays(358)); // 40 days old when they came, and 400 are kept
    assertThat(billing.sum("1", "usage_held_label")).isOne();
    forgetLabels(Duration.ofDays(362));
    assertThat(billing.sum("1", "usage_held_label")).isZero();
    heldIds().forEach(id -> assertThat(decide(id, "confirm").status()).isEqualTo(204));
    assertThat(charged()).isPositive();
    assertThat(billing.sum("1", "usage_label")).isZero();
  }

  private void forgetLabels(Duration later) {
    var clock = Clock.offset(billing.clock(), later);
    new UsageLabels(billing.sql(), new LabelSettings(400), clock).forget();
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
  void rejectedCopyOfAChargedRequestIsNotCountedBesideIt() {
    UsageRecord late = late();
    post(1, late);
    post(2, Samples.withAmount(late, late.amountPico() + 1));
    List<String> ids = heldIds();
    assertThat(decide(ids.get(0), "confirm").status()).isEqualTo(204);
    assertThat(decide(ids.get(1), "reject").status()).isEqualTo(204);
    assertThat(requests("usage", late)).isEqualTo("1");
    assertThat(requests("rejected", late)).isEqualTo("0");
  }

  @Test
  void requestThatWasRejectedTwiceCountsOnceAndNotBesideAnUndecidedRecordOfIt() {
    UsageRecord late = late();
    post(1, late);
    post(2, Samples.withAmount(late, late.amountPico() + 1));
    List<String> ids = heldIds();
    ids.forEach(id -> assertThat(decide(id, "reject").status()).isEqualTo(204));
    assertThat(requests("rejected", late)).isEqualTo("1");
    post(3, Samples.withAmount(late, late.amountPico() + 2));
    assertThat(requests("undecided", late)).isEqualTo("1");
    assertThat(requests("rejected", late)).isEqualTo("0");
  }

  private List<String> heldIds() {
    return held().valueStream().map(record -> record.path("id").asString()).sorted().toList();
  }

  private String requests(String side, UsageRecord record) {
    JsonNode report = billing.get("/internal/v1/reconciliation?day=" + record.day()).json();
    JsonNode alone = billing.get("/internal/v1/reconciliation/usage?day=" + record.day()).json();
    assertThat(alone.path(side)).as("without the rest").isEqualTo(report.path(side));
    return report.path(side).path("requests").asString();
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
  void whatCannotBeConfirmedMakesNoPartition() {
    UsageRecord future =
        samples.at(billing.clock().instant().plus(Duration.ofDays(300)), TENANT, 0, 1, 1, 1);
    post(1, future);
    assertThat(decide(held().get(0).path("id").asString(), "confirm").text("code"))
        .isEqualTo("not_confirmable");
    assertThat(billing.sum("1", "usage_days() where day = '%s'".formatted(future.bucket())))
        .isZero();
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
  void aRecordOfAGivenUpNumberIsHeldAndNotTakenForADuplicate() {
    var first = samples.any(TENANT);
    var found = samples.any(TENANT);
    post(1, first);
    post(3, samples.any(TENANT));
    assertThat(giveUp(2, 2).status()).isEqualTo(204);
    post(3, samples.any(TENANT));
    BigInteger before = charged();
    for (int time = 1; time <= 2; time++) {
      Answer answer = billing.postBatch(Samples.batch(1, 1, 1, List.of(first, found)));
      assertThat(answer.json().path("results").toString()).isEqualTo("[\"DUPLICATE\",\"HELD\"]");
      assertThat(answer.text("next_seq")).isEqualTo("4");
    }
    assertThat(held().size()).isEqualTo(1);
    assertThat(held().get(0).path("reason").asString()).isEqualTo("GIVEN_UP");
    assertThat(decide(held().get(0).path("id").asString(), "confirm").status()).isEqualTo(204);
    assertThat(charged()).isEqualTo(before.add(BigInteger.valueOf(found.amountPico())));
    assertThat(post(2, found).json().at("/results/0").asString()).isEqualTo("DUPLICATE");
  }

  @Test
  void gapThatFillsItselfIsForgotten() {
    assertThat(post(2, samples.any(TENANT)).status()).isEqualTo(409);
    assertThat(reconciliation().path("streams").get(0).path("missing").isNull()).isFalse();
    post(1, samples.any(TENANT));
    assertThat(reconciliation().path("streams").get(0).path("missing").isNull()).isTrue();
    assertThat(giveUp(1, 1).text("code")).isEqualTo("no_such_gap");
  }

  /** docs/protocols/leases.md: what a person may yet confirm is nobody else's to spend. */
  @Test
  void confirmingAfterTheEpochClosedSpendsWhatStayedReserved() {
    UsageRecord mispriced = heldInAClosedEpoch();
    assertThat(lend(2, mispriced.amountPico()).status()).as("reserved").isEqualTo(402);
    assertThat(decide(held().get(0).path("id").asString(), "confirm").status()).isEqualTo(204);
    assertThat(billing.sum("overrun", "budget_period")).isZero();
    assertThat(spentOfOrganization()).isEqualTo(BigInteger.valueOf(mispriced.amountPico()));
    assertThat(lend(2, 1).status()).isEqualTo(402);
  }

  @Test
  void rejectingAfterTheEpochClosedReturnsWhatStayedReserved() {
    UsageRecord mispriced = heldInAClosedEpoch();
    assertThat(decide(held().get(0).path("id").asString(), "reject").status()).isEqualTo(204);
    assertThat(billing.sum("leased", "budget_period")).isZero();
    assertThat(spentOfOrganization()).isZero();
    assertThat(lend(2, mispriced.amountPico()).status()).isEqualTo(200);
  }

  /** A record at another price than ours, which takes all of its organization's budget. */
  private UsageRecord heldInAClosedEpoch() {
    UsageRecord right = samples.charged(TENANT, 0, 0, 0, 100);
    UsageRecord mispriced = Samples.withAmount(right, right.amountPico() - 1);
    Answer budget =
        billing.postJson(
            "/internal/v1/budgets",
            BillingFixture.GATEWAY,
            "{\"command_id\":\"%s\",\"organization\":\"%d\",\"limit\":\"%d\"}"
                .formatted(UUID.randomUUID(), TENANT, mispriced.amountPico()));
    assertThat(budget.status()).as(budget.body()).isEqualTo(200);
    JsonNode leases = lend(1, mispriced.amountPico()).json().path("leases");
    var ids = new LeaseIds(lease(leases, "CREDIT"), lease(leases, "ORGANIZATION"), 0, 0);
    Answer taken = billing.postBatch(LeasedBatch.of(1, 1, 1, List.of(mispriced), List.of(ids)));
    assertThat(taken.json().path("results").get(0).asString()).isEqualTo("HELD");
    Answer closed =
        billing.postJson(
            "/internal/v1/epochs/close",
            BillingFixture.GATEWAY,
            "{\"source\":\"gateway\",\"replica\":\"1\",\"epoch\":1,\"last_seq\":\"1\"}");
    assertThat(closed.status()).as(closed.body()).isEqualTo(204);
    return mispriced;
  }

  private Answer lend(int replica, long need) {
    return billing.postJson(
        "/internal/v1/leases",
        BillingFixture.GATEWAY,
        """
        {"replica":%d,"epoch":1,"replicas":1,"organization":"%d","project":"%d","key":"%d",
         "need":{"CREDIT":"%d","ORGANIZATION":"%d"},"slice":"1"}
        """
            .formatted(replica, TENANT, TENANT * 10, TENANT * 100, need, need));
  }

  private static long lease(JsonNode leases, String scope) {
    for (JsonNode lease : leases) {
      if (lease.path("scope").asString().equals(scope)) {
        return Long.parseLong(lease.path("lease_id").asString());
      }
    }
    throw new AssertionError(scope + " is not in " + leases);
  }

  private BigInteger spentOfOrganization() {
    return billing.sum(
        "spent", "budget_period join budget using (budget_id) where scope = 'ORGANIZATION'");
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
        {"decision": "%s", "why": "looked at both", "by": "ops@example.com"}\
        """
            .formatted(decision));
  }

  private Answer giveUp(long first, long last) {
    return billing.postJson(
        "/internal/v1/streams/holes",
        BillingFixture.GATEWAY,
        """
        {"replica": "1", "epoch": 1, "first_seq": "%d", "last_seq": "%d",
         "why": "restored from a backup", "by": "ops@example.com"}\
        """
            .formatted(first, last));
  }

  private BigInteger charged() {
    return billing.sum("amount_pico", "usage_record");
  }
}
