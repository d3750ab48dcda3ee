package io.r1platform.billing.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import io.r1platform.billing.adjustments.PeriodEnds;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tiers and minimum commitments at the end of their months. All times follow from the clock. */
class PeriodEndsIT {
  private static final String GRADUATED =
      "{\"kind\": \"GRADUATED\", \"steps\": [{\"from\": \"100\", \"unit_pico\": \"4\"}]}";
  private static final String PACKAGE = "{\"kind\": \"PACKAGE\", \"block\": \"1000\"}";

  private static BillingFixture billing;
  private static Contracts contracts;
  private static final Random RANDOM = new Random(51);
  private static int replica;

  @BeforeAll
  static void start() {
    billing = new BillingFixture().dryFirst("commitments", "commitments/N/cancel");
    contracts = new Contracts(billing);
  }

  @AfterAll
  static void stop() {
    billing.close();
  }

  @Test
  void aMonthsTiersAreOneSumHoweverOftenTheJobRuns() {
    String id = contract(51, Map.of("HIT", GRADUATED, "ANSWER", PACKAGE));
    use(51, id, 60, 0, 1, 10);
    settle();
    assertThat(targets(51)).isEqualTo("ANSWER 9900");
    assertThat(owed(51)).isEqualTo(71 * 10 + 9_900);
    settle();
    assertThat(revisions(51)).isEqualTo(1);
    use(51, id, 90, 0, 1, 0);
    settle();
    assertThat(targets(51)).isEqualTo("ANSWER 9900, HIT -300");
    assertThat(owed(51)).isEqualTo((71 + 91) * 10 + 9_900 - 300);
    use(51, id, 0, 0, 1, 2_000);
    settle();
    assertThat(targets(51)).as("2010 of 3000").isEqualTo("ANSWER 9900, HIT -300");
    assertThat(revisions(51)).isEqualTo(2);
  }

  @Test
  void whatIsMissingToACommitmentIsChargedAtItsEndAndFollowsLateUsage() {
    YearMonth month = YearMonth.from(billing.clock().instant().atOffset(ZoneOffset.UTC));
    UUID command = UUID.randomUUID();
    Answer made = commit(command, 61, month, month.plusMonths(1), 1_000_000_000_000L);
    assertThat(made.status()).as(made.body()).isEqualTo(200);
    assertThat(commit(command, 61, month, month.plusMonths(1), 1_000_000_000_000L).body())
        .isEqualTo(made.body());
    assertThat(commit(command, 61, month, month.plusMonths(1), 2).status()).isEqualTo(409);
    assertThat(commit(UUID.randomUUID(), 61, month, month.plusMonths(2), 2).body())
        .contains("Another commitment");
    assertThat(cancel(made.text("commitment_id")).body()).contains("It has begun");

    Instant inMonth = billing.clock().instant();
    long used = list(61, inMonth, 1_000, 10);
    settle();
    assertThat(owed(61)).as("not before its end").isEqualTo(used);

    billing.clock().set(first(month.plusMonths(1)).plus(Duration.ofHours(1)));
    settle();
    assertThat(owed(61)).isEqualTo(1_000_000_000_000L);
    settle();
    assertThat(revisions(61)).isEqualTo(1);
    assertThat(lastDay(61)).isEqualTo(month.atEndOfMonth());

    long late = list(61, inMonth, 500, 50);
    assertThat(owed(61)).isEqualTo(1_000_000_000_000L + late);
    settle();
    assertThat(owed(61)).isEqualTo(1_000_000_000_000L);
    list(61, inMonth, 0, 1_000_000);
    settle();
    assertThat(owed(61)).as("the minimum is reached").isEqualTo(used + late + 2_190_000_000_000L);
  }

  @Test
  void aRecordConfirmedIntoAMonthLongPastLowersItsShortfall() {
    YearMonth month = YearMonth.from(billing.clock().instant().atOffset(ZoneOffset.UTC));
    Answer made = commit(UUID.randomUUID(), 64, month, month.plusMonths(1), 1_000_000_000_000L);
    assertThat(made.status()).as(made.body()).isEqualTo(200);
    Instant inMonth = billing.clock().instant();
    billing.clock().set(first(month.plusMonths(1)).plus(Duration.ofHours(1)));
    settle();
    billing.clock().advance(Duration.ofDays(60));
    settle();
    var samples = new Samples(RANDOM, billing.priceSha256(), inMonth);
    UsageRecord late = samples.at(inMonth, 64, 500, 0, 0, 50);
    String held = billing.postBatch(Samples.batch(++replica, 1, 1, List.of(late))).body();
    assertThat(held).contains("LATE");
    String id = billing.get("/internal/v1/held").json().at("/records/0/id").asString();
    Answer decided =
        contracts.post(
            "/internal/v1/held/" + id + "/decision",
            "{\"decision\": \"confirm\", \"why\": \"found\", \"by\": \"ada\"}");
    assertThat(decided.status()).as(decided.body()).isEqualTo(204);
    assertThat(owed(64)).isEqualTo(1_000_000_000_000L + late.amountPico());
    settle();
    assertThat(owed(64)).isEqualTo(1_000_000_000_000L);
  }

  @Test
  void oneThatHasNotBegunCanBeCancelled() {
    YearMonth next =
        YearMonth.from(billing.clock().instant().atOffset(ZoneOffset.UTC)).plusMonths(1);
    Answer made = commit(UUID.randomUUID(), 62, next, next.plusMonths(1), 5);
    assertThat(made.status()).as(made.body()).isEqualTo(200);
    UUID command = UUID.randomUUID();
    Answer gone = cancel(command, made.text("commitment_id"));
    assertThat(gone.status()).as(gone.body()).isEqualTo(200);
    assertThat(cancel(command, made.text("commitment_id")).body()).isEqualTo(gone.body());
    assertThat(commit(command, 62, next, next.plusMonths(1), 6).status()).isEqualTo(409);
    Answer other = commit(UUID.randomUUID(), 63, next, next.plusMonths(1), 5);
    assertThat(cancel(command, other.text("commitment_id")).status()).isEqualTo(409);
    assertThat(gone.text("cancelled_at")).isNotEmpty();
    assertThat(commit(UUID.randomUUID(), 62, next, next.plusMonths(1), 6).status()).isEqualTo(200);
    assertThat(commit(UUID.randomUUID(), 62, next.minusMonths(3), next, 6).status()).isEqualTo(400);
  }

  /** A contract at 10 pico a token that holds at once: the clock moves to its begin. */
  private static String contract(long tenant, Map<String, String> tiers) {
    Instant from = billing.clock().instant().plus(Duration.ofHours(1));
    String id = contracts.draft(tenant, from, 10, tiers);
    contracts.publish(id);
    billing.clock().set(from.plusSeconds(60));
    return id;
  }

  private static void use(long tenant, String version, int hit, int miss, int think, int say) {
    var samples = new Samples(RANDOM, billing.priceSha256(), billing.clock().instant());
    UsageRecord record = samples.at(billing.clock().instant(), tenant, hit, miss, think, say);
    post(contracts.by(version, 10, record));
  }

  /** Posts a request at list prices and returns its charge. */
  private static long list(long tenant, Instant at, int hit, int answer) {
    var samples = new Samples(RANDOM, billing.priceSha256(), at);
    UsageRecord record = samples.at(at, tenant, hit, 0, 0, answer);
    post(record);
    return record.amountPico();
  }

  private static void post(UsageRecord record) {
    Answer posted = billing.postBatch(Samples.batch(++replica, 1, 1, List.of(record)));
    assertThat(posted.status()).as(posted.body()).isEqualTo(200);
    assertThat(posted.body()).contains("ACCEPTED");
  }

  private static void settle() {
    var job = billing.bean(PeriodEnds.class);
    job.settle();
    assertThat(job.settle()).as("the second run").isZero();
  }

  private static Answer commit(
      UUID command, long tenant, YearMonth from, YearMonth until, long minimum) {
    return contracts.post(
        "/internal/v1/commitments",
        """
        {"command_id": "%s", "actor": "ada@example.org", "organization_id": "%d", "from": "%s",
         "until": "%s", "minimum_pico": "%d"}
        """
            .formatted(command, tenant, from, until, minimum));
  }

  /** One id for two organizations at once: one is made, the other is told of the conflict. */
  @Test
  void oneCommandIdMakesOneCommitmentHoweverManyOrderWithIt()
      throws InterruptedException, ExecutionException {
    YearMonth next =
        YearMonth.from(billing.clock().instant().atOffset(ZoneOffset.UTC)).plusMonths(1);
    for (int round = 0; round < 5; round++) {
      UUID command = UUID.randomUUID();
      long tenant = 700 + 10L * round;
      var statuses = new ArrayList<Integer>();
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        var answers = new ArrayList<Future<Answer>>();
        for (int i = 0; i < 4; i++) {
          long one = tenant + i;
          answers.add(threads.submit(() -> commit(command, one, next, next.plusMonths(1), 5)));
        }
        for (Future<Answer> answer : answers) {
          statuses.add(answer.get().status());
        }
      }
      assertThat(statuses).containsExactlyInAnyOrder(200, 409, 409, 409);
    }
  }

  private static Answer cancel(String id) {
    return cancel(UUID.randomUUID(), id);
  }

  private static Answer cancel(UUID command, String id) {
    return contracts.post(
        "/internal/v1/commitments/" + id + "/cancel",
        "{\"command_id\": \"%s\", \"actor\": \"ada\"}".formatted(command));
  }

  private static Instant first(YearMonth month) {
    return month.atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC);
  }

  private static String targets(long tenant) {
    return billing
        .sql()
        .sql(
            """
            select string_agg(sku || ' ' || target, ', ' order by sku) from (
              select distinct on (sku) sku, target from adjustment
              where tenant_id = ? and kind = 'TIER' order by sku, revision desc) a
            """)
        .param(tenant)
        .query(String.class)
        .single();
  }

  private static int revisions(long tenant) {
    return billing.sum("1", "adjustment where tenant_id = " + tenant).intValueExact();
  }

  private static LocalDate lastDay(long tenant) {
    return billing
        .sql()
        .sql(
            """
            select max(effective_on) from posted_entry where kind = 'ADJUST' and tenant_id = ?
            """)
        .param(tenant)
        .query(LocalDate.class)
        .single();
  }

  private static long owed(long tenant) {
    return billing
        .sum("amount", "posted_entry where account = 'accrued' and tenant_id = " + tenant)
        .longValueExact();
  }
}
