package io.r1platform.billing.budgets;

import static java.time.temporal.ChronoUnit.DAYS;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import io.r1platform.billing.observability.BillingMetric;
import io.r1platform.billing.usage.LeasedBatch;
import io.r1platform.billing.usage.Samples;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The lease protocol over HTTP; each test has its own organization and replica. */
class LeasesIT {
  private static final long DOLLAR = 1_000_000_000_000L;
  private static BillingFixture billing;
  private static Samples samples;
  private static long last = 500;

  private final long organization = ++last;

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
  void everyPeriodHoldsWhatItsLeasesHold() {
    assertThat(BudgetLaw.broken(billing.sql())).isEmpty();
    assertThat(billing.lawBroken()).isEmpty();
  }

  @Test
  void creditIsAlwaysThereAndSlicesAreAThirdOfAShare() {
    Answer answer = ask(1, Map.of("CREDIT", 1_000L), 50 * DOLLAR, 4);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().path("leases").size()).isEqualTo(1);
    var lease = answer.json().path("leases").get(0);
    assertThat(lease.path("scope").asString()).isEqualTo("CREDIT");
    assertThat(lease.path("scope_id").asString()).isEqualTo(Long.toString(organization));
    assertThat(lease.path("ends_at").isNull()).isTrue();
    assertThat(new BigInteger(lease.path("granted").asString()))
        .isEqualTo(BigInteger.valueOf(100 * DOLLAR / 12));
  }

  @Test
  void needIsTakenWholeAndSliceIsTheMost() {
    assertThat(granted(ask(1, Map.of("CREDIT", 60 * DOLLAR), 0, 4))).isEqualTo(60 * DOLLAR);
    // 40 left: a third of them is 13.3, the slice says 2
    assertThat(granted(ask(1, Map.of("CREDIT", DOLLAR), 2 * DOLLAR, 1))).isEqualTo(62 * DOLLAR);
    assertThat(granted(ask(1, Map.of(), DOLLAR, 1))).isEqualTo(62 * DOLLAR);
  }

  @Test
  void aRefusalNamesTheScopeAndRecallsTheOthers() {
    ask(1, Map.of("CREDIT", 90 * DOLLAR), 0, 2);
    Answer refused = ask(2, Map.of("CREDIT", 11 * DOLLAR), 0, 2);
    assertThat(refused.status()).isEqualTo(402);
    assertThat(refused.text("code")).isEqualTo("budget_exhausted");
    assertThat(refused.text("scope")).isEqualTo("CREDIT");
    assertThat(refused.text("left")).isEqualTo(Long.toString(10 * DOLLAR));
    assertThat(refused.text("leased")).isEqualTo(Long.toString(90 * DOLLAR));
    assertThat(refused.text("limit")).isEqualTo(Long.toString(100 * DOLLAR));
    assertThat(refused.json().path("resets_at").isNull()).isTrue();
    long lease = lease(ask(1, Map.of(), 0, 2));
    assertThat(sync(1, "").json().path("recalled").toString())
        .isEqualTo("[\"%d\"]".formatted(lease));
    sync(1, "{\"lease_id\":\"%d\",\"returned\":\"%d\"}".formatted(lease, 30 * DOLLAR));
    assertThat(granted(ask(2, Map.of("CREDIT", 11 * DOLLAR), 0, 2))).isEqualTo(11 * DOLLAR);
    // what it takes anew is not recalled
    ask(1, Map.of("CREDIT", 1L), 0, 2);
    assertThat(sync(1, "").json().path("recalled").size()).isZero();
  }

  @Test
  void returnsAreTotalsSoRepeatsAndReorderingAreHarmless() {
    long lease = lease(ask(1, Map.of("CREDIT", 50 * DOLLAR), 0, 1));
    for (long returned : List.of(20L, 20L, 5L, 30L, 20L)) {
      sync(1, "{\"lease_id\":\"%d\",\"returned\":\"%d\"}".formatted(lease, returned * DOLLAR));
    }
    assertThat(leased()).isEqualTo(20 * DOLLAR);
    sync(1, "{\"lease_id\":\"%d\",\"returned\":\"%d\"}".formatted(lease, 99 * DOLLAR));
    assertThat(leased()).isZero();
    // a lease of somebody else
    long other = lease(ask(2, Map.of("CREDIT", 50 * DOLLAR), 0, 1));
    sync(1, "{\"lease_id\":\"%d\",\"returned\":\"%d\"}".formatted(other, 50 * DOLLAR));
    assertThat(leased()).isEqualTo(50 * DOLLAR);
  }

  @Test
  void settlesInTheTransactionThatPostsAndOnlyOnce() {
    long lease = lease(ask(1, Map.of("CREDIT", 10 * DOLLAR), 0, 1));
    byte[] batch = batch(1, List.of(item(1_000, lease), item(500, lease)));
    for (int i = 0; i < 3; i++) {
      assertThat(billing.postBatch(batch).status()).isEqualTo(200);
    }
    long spent = 1_500 * LeasedBatch.TOKEN_PICO;
    assertThat(period("spent")).isEqualTo(spent);
    assertThat(leased()).isEqualTo(10 * DOLLAR - spent);
    assertThat(period("overrun")).isZero();
  }

  @Test
  void closingReturnsTheRestAndEndsTheEpoch() {
    long lease = lease(ask(1, Map.of("CREDIT", 10 * DOLLAR), 0, 1));
    billing.postBatch(batch(1, List.of(item(1_000, lease))));
    assertThat(close(1, 2).status()).as("something is missing").isEqualTo(409);
    assertThat(leased()).isPositive();
    assertThat(close(1, 1).status()).isEqualTo(204);
    assertThat(close(1, 1).status()).as("twice is as once").isEqualTo(204);
    assertThat(leased()).isZero();
    assertThat(period("spent")).isEqualTo(1_000 * LeasedBatch.TOKEN_PICO);
    Answer fenced = ask(1, Map.of("CREDIT", 1L), 0, 1);
    assertThat(fenced.status()).isEqualTo(410);
    assertThat(fenced.text("code")).isEqualTo("epoch_closed");
  }

  @Test
  void aChargeWithoutRoomIsPostedAllTheSame() {
    long lease = lease(ask(1, Map.of("CREDIT", 1_000 * LeasedBatch.TOKEN_PICO), 0, 1));
    ask(2, Map.of("CREDIT", 100 * DOLLAR - 1_000 * LeasedBatch.TOKEN_PICO), 0, 1);
    // one too large for its lease, one of a lease that does not exist, and nothing is free
    Answer answer = billing.postBatch(batch(1, List.of(item(1_500, lease), item(7, 999_999_999))));
    assertThat(answer.json().path("results").toString()).isEqualTo("[\"ACCEPTED\",\"ACCEPTED\"]");
    assertThat(period("spent")).isEqualTo(1_000 * LeasedBatch.TOKEN_PICO);
    assertThat(period("overrun")).isEqualTo(507 * LeasedBatch.TOKEN_PICO);
    String metrics =
        billing
            .send(
                java.net.http.HttpRequest.newBuilder(billing.management("/actuator/prometheus"))
                    .GET())
            .body();
    assertThat(metrics)
        .contains("r1_billing_budgets_unleased_total{cause=\"OVERRUN\"}")
        .contains("r1_billing_budgets_unleased_total{cause=\"MISSING\"}");
  }

  @Test
  void anothersLeaseIsNoLease() {
    long lease = lease(ask(1, Map.of("CREDIT", 10 * DOLLAR), 0, 1));
    long stranger = ++last;
    var item = new LeasedBatch.Item(stranger, now(), 10, lease, 0, 0, 0);
    billing.postBatch(LeasedBatch.of(samples, organization + 70_000, 1, 1, List.of(item)));
    assertThat(leased()).isEqualTo(10 * DOLLAR);
    assertThat(period("spent")).isZero();
  }

  @Test
  void nothingIsLentOfAnIncreaseThatHasEndedThoughNoJobRan() {
    String budget = budget("NEVER");
    Instant first = billing.clock().instant().plusSeconds(60);
    Instant second = first.plusSeconds(60);
    increase(budget, DOLLAR, first);
    increase(budget, 2 * DOLLAR, second);
    Answer lent = ask(1, Map.of("ORGANIZATION", DOLLAR / 2), 0, 1);
    assertThat(lent.json().at("/leases/1/lent_until").asString()).isEqualTo(first.toString());
    assertThat(lent.json().at("/leases/1/ends_at").isNull()).isTrue();
    billing.clock().set(first);
    Answer refused = ask(2, Map.of("ORGANIZATION", 3 * DOLLAR), 0, 1);
    assertThat(refused.status()).as(refused.body()).isEqualTo(402);
    assertThat(refused.text("limit")).isEqualTo(Long.toString(3 * DOLLAR));
    lent = ask(2, Map.of("ORGANIZATION", 2 * DOLLAR), 0, 1);
    assertThat(lent.json().at("/leases/1/lent_until").asString()).isEqualTo(second.toString());
    billing.clock().set(second);
    assertThat(ask(2, Map.of("ORGANIZATION", 1L), 0, 1).status()).isEqualTo(402);
    assertThat(ask(1, Map.of("CREDIT", 1L), 0, 1).json().at("/leases/1/lent_until").isNull())
        .isTrue();
  }

  @Test
  void aPeriodThatBeginsWithAnIncreaseLendsNothingOfItAfterItsEnd() {
    String budget = budget("DAY");
    Instant midnight = billing.clock().instant().truncatedTo(DAYS).plus(1, DAYS);
    Instant end = midnight.plusSeconds(60);
    increase(budget, DOLLAR, end);
    billing.clock().set(midnight);
    Answer lent = ask(1, Map.of("ORGANIZATION", DOLLAR / 2), 0, 1);
    assertThat(lent.json().at("/leases/1/lent_until").asString()).isEqualTo(end.toString());
    assertThat(lent.json().at("/leases/1/ends_at").asString())
        .isEqualTo(midnight.plus(1, DAYS).toString());
    billing.clock().set(end);
    assertThat(ask(2, Map.of("ORGANIZATION", DOLLAR), 0, 1).status()).isEqualTo(402);
    assertThat(ask(2, Map.of("ORGANIZATION", DOLLAR / 2), 0, 1).status()).isEqualTo(200);
  }

  @Test
  void oneItemOfTheJobsThatFailsKeepsNoOtherFromItsTime() {
    String rolling = "ROLLING\",\"rolling_hours\":1,\"scope\":\"%s\",\"scope_id\":\"%d";
    String broken = budget(rolling.formatted("PROJECT", organization * 10));
    String sound = budget(rolling.formatted("KEY", organization * 100));
    increase(sound, 5, billing.clock().instant().plus(Duration.ofHours(2)));
    var gateway = new Gateway(billing, organization, new Leases.Holder(replicaId(3), 1), 1);
    assertThat(gateway.request(DOLLAR, DOLLAR)).isTrue();
    gateway.ship();
    setHours(broken, "amount * 2"); // more than was spent
    billing.clock().advance(Duration.ofHours(3));
    billing.bean(BudgetJobs.class).run();
    assertThat(column(broken, "spent")).isEqualTo(DOLLAR);
    assertThat(column(sound, "spent")).isZero();
    assertThat(column(sound, "target_pico")).isEqualTo(DOLLAR);
    String failed = BillingMetric.BUDGET_JOBS_FAILED.meterName();
    assertThat(billing.bean(MeterRegistry.class).counter(failed, "job", "HOURS").count())
        .isPositive();
    setHours(broken, "amount / 2");
    billing.bean(BudgetJobs.class).run();
    assertThat(column(broken, "spent")).isZero();
  }

  private static void setHours(String budget, String amount) {
    billing
        .sql()
        .sql(
            """
            update budget_hour set amount = %s
            where period_id in (select period_id from budget_period where budget_id = %s)
            """
                .formatted(amount, budget))
        .update();
  }

  private static long column(String budget, String column) {
    return billing.sum(column, "budget_period where budget_id = " + budget).longValueExact();
  }

  @Test
  void nonsenseIsRefused() {
    assertThat(ask(1, Map.of("CREDIT", -1L), 0, 1).status()).isEqualTo(400);
    assertThat(ask(1, Map.of("CREDIT", 1L), 0, 0).status()).isEqualTo(400);
    assertThat(ask(1, Map.of("HOUSE", 1L), 0, 1).status()).isEqualTo(400);
    assertThat(sync(1, "{\"lease_id\":\"x\",\"returned\":\"1\"}").status()).isEqualTo(400);
  }

  /** A hard budget of the organization, of a dollar; its id. */
  private String budget(String reset) {
    return order(
            "",
            "\"organization\":\"%d\",\"limit\":\"%d\",\"reset\":\"%s\""
                .formatted(organization, DOLLAR, reset))
        .text("budget_id");
  }

  private static void increase(String budget, long amount, Instant until) {
    order(
        "/" + budget + "/increases",
        "\"amount\":\"%d\",\"expires_at\":\"%s\"".formatted(amount, until));
  }

  private static Answer order(String path, String members) {
    Answer answer =
        billing.postJson(
            "/internal/v1/budgets" + path,
            BillingFixture.GATEWAY,
            "{\"command_id\":\"%s\",%s}".formatted(UUID.randomUUID(), members));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer;
  }

  private Instant now() {
    return billing.clock().instant().minus(Duration.ofSeconds(1));
  }

  private LeasedBatch.Item item(int tokens, long lease) {
    return new LeasedBatch.Item(organization, now(), tokens, lease, 0, 0, 0);
  }

  private byte[] batch(int replica, List<LeasedBatch.Item> items) {
    return LeasedBatch.of(samples, replicaId(replica), 1, 1, items);
  }

  private long replicaId(int replica) {
    return organization * 10 + replica;
  }

  private Answer ask(int replica, Map<String, Long> need, long slice, int replicas) {
    String needs =
        need.entrySet().stream()
            .map(e -> "\"%s\":\"%d\"".formatted(e.getKey(), e.getValue()))
            .reduce((a, b) -> a + "," + b)
            .orElse("");
    return billing.postJson(
        "/internal/v1/leases",
        BillingFixture.GATEWAY,
        """
        {"replica":%d,"epoch":1,"replicas":%d,"organization":"%d","project":"%d","key":"%d",
         "need":{%s},"slice":"%d"}
        """
            .formatted(
                replicaId(replica),
                replicas,
                organization,
                organization * 10,
                organization * 100,
                needs,
                slice));
  }

  private Answer sync(int replica, String returns) {
    return billing.postJson(
        "/internal/v1/leases/sync",
        BillingFixture.GATEWAY,
        "{\"replica\":%d,\"epoch\":1,\"returns\":[%s],\"watch\":[]}"
            .formatted(replicaId(replica), returns));
  }

  private Answer close(int replica, long lastSeq) {
    return billing.postJson(
        "/internal/v1/epochs/close",
        BillingFixture.GATEWAY,
        "{\"source\":\"gateway\",\"replica\":\"%d\",\"epoch\":1,\"last_seq\":\"%d\"}"
            .formatted(replicaId(replica), lastSeq));
  }

  private static long lease(Answer answer) {
    return Long.parseLong(answer.json().path("leases").get(0).path("lease_id").asString());
  }

  private static long granted(Answer answer) {
    return Long.parseLong(answer.json().path("leases").get(0).path("granted").asString());
  }

  private long leased() {
    return period("leased");
  }

  private long period(String column) {
    return billing
        .sum(
            column,
            "budget_period join budget using (budget_id) where organization_id = " + organization)
        .longValueExact();
  }
}
