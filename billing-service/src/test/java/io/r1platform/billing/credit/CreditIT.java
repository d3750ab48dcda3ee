package io.r1platform.billing.credit;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import io.r1platform.billing.ledger.Account;
import io.r1platform.billing.ledger.Journal;
import io.r1platform.billing.ledger.Ledger;
import io.r1platform.billing.usage.LeasedBatch;
import io.r1platform.billing.usage.Samples;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.transaction.support.TransactionTemplate;

/** Money that arrives and usage that draws it; each test has its own organization. */
class CreditIT {
  private static final long DOLLAR = 1_000_000_000_000L;
  private static final Random IDS = new Random(77);
  private static BillingFixture billing;
  private static long last = 900;

  private final long organization = ++last;

  @BeforeAll
  static void start() {
    billing =
        new BillingFixture()
            .dryFirst(
                "organizations/N/credit/top-ups",
                "organizations/N/credit/grants",
                "organizations/N/credit/payments",
                "organizations/N/credit/terms",
                "organizations/N/credit/reversals");
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
  void topUpIsDoneOnceHoweverOftenItIsOrdered() {
    String order = order(id(), "\"amount\":\"%d\"".formatted(5 * DOLLAR));
    assertThat(post("top-ups", order).status()).isEqualTo(200);
    Answer again = post("top-ups", order);
    assertThat(again.text("limit")).isEqualTo(Long.toString(105 * DOLLAR));
    assertThat(again.json().path("grants").size()).isEqualTo(1);
    assertThat(balance(Account.CASH)).isEqualTo(5 * DOLLAR);
    assertThat(balance(Account.WALLET_PAID)).isEqualTo(-5 * DOLLAR);
  }

  @Test
  void oneCommandIdWithTwoContentsIsRefused() {
    String id = id();
    post("top-ups", order(id, "\"amount\":\"5\""));
    assertThat(post("top-ups", order(id, "\"amount\":\"6\"")).text("code"))
        .isEqualTo("command_conflict");
    assertThat(balance(Account.CASH)).isEqualTo(5);
  }

  @Test
  void grantedCreditPaysBeforePaidAndTheRestIsAccrued() {
    topUp(100, null);
    give(30, null);
    use(20, billing.clock().instant().minusSeconds(3)); // before the credit was there
    assertThat(balance(Account.ACCRUED)).isEqualTo(tokens(20));
    assertThat(balance(Account.WALLET_PROMO)).isEqualTo(-tokens(30));
    use(50, billing.clock().instant());
    assertThat(balance(Account.WALLET_PROMO)).isZero();
    assertThat(balance(Account.WALLET_PAID)).isEqualTo(-tokens(80));
    use(100, billing.clock().instant());
    assertThat(balance(Account.WALLET_PAID)).isZero();
    assertThat(balance(Account.ACCRUED)).isEqualTo(tokens(40));
    assertThat(balance(Account.REVENUE)).isEqualTo(-tokens(170));
  }

  /**
   * What is acknowledged is in the ledger and the wallet: getlago/lago#637 (200, never processed),
   * langwatch#6141 (110 requests, budget at 0).
   */
  @Test
  void acceptedIsPosted() {
    topUp(1_000, null);
    for (long i = 1; i <= 10; i++) {
      Answer answer = use(7, billing.clock().instant());
      assertThat(answer.json().path("results").get(0).asString()).isEqualTo("ACCEPTED");
      assertThat(balance(Account.REVENUE)).isEqualTo(-tokens(7 * i));
      assertThat(balance(Account.WALLET_PAID)).isEqualTo(-tokens(1_000 - 7 * i));
    }
  }

  /** The position of a stream commits with what it posted and drew: formancehq/ledger#1552. */
  @Test
  void cursorCommitsWithRows() {
    topUp(1_000, null);
    byte[] batch = batch(organization, 1, List.of(item(40, billing.clock().instant())));
    assertThat(billing.postBatch(batch).status()).isEqualTo(200);
    assertThat(billing.postBatch(batch).text("next_seq")).isEqualTo("2");
    assertThat(balance(Account.WALLET_PAID)).isEqualTo(-tokens(960));
  }

  /** The organization owes what its keys used: BerriAI/litellm#2814, #30550. */
  @Test
  void totalsEqualSumOfKeys() {
    give(25, null);
    for (int i = 1; i <= 5; i++) {
      use(10, billing.clock().instant());
    }
    assertThat(billing.sum("amount", "usage_hourly where tenant_id = " + organization))
        .isEqualTo(BigInteger.valueOf(tokens(50)));
    assertThat(balance(Account.ACCRUED) + tokens(25)).isEqualTo(tokens(50));
  }

  @Test
  void breakageIsBookedAheadAndEachDrawReleasesItsShare() {
    Instant end = billing.clock().instant().plus(Duration.ofDays(30));
    topUp(100, end);
    LocalDate day = LocalDate.ofInstant(end, ZoneOffset.UTC);
    assertThat(balance(Account.BREAKAGE, day.minusDays(1))).isZero();
    assertThat(balance(Account.BREAKAGE, day)).isEqualTo(-tokens(100));
    use(60, billing.clock().instant());
    assertThat(balance(Account.BREAKAGE, day)).isEqualTo(-tokens(40));
    assertThat(balance(Account.WALLET_PAID, day.minusDays(1))).isEqualTo(-tokens(40));
    assertThat(balance(Account.WALLET_PAID, day)).isZero();
  }

  @Test
  void expiryLowersTheLimitAndALateShipmentStillDraws() {
    Instant admitted = billing.clock().instant();
    give(100, admitted.plusSeconds(60));
    assertThat(limit()).isEqualTo(100 * DOLLAR + tokens(100));
    billing.clock().advance(Duration.ofMinutes(2));
    billing.bean(Expiry.class).run();
    assertThat(limit()).isEqualTo(100 * DOLLAR);
    use(30, admitted.plusSeconds(59));
    use(5, admitted.plusSeconds(60)); // too late: owed
    assertThat(balance(Account.ACCRUED)).isEqualTo(tokens(5));
    billing.bean(Expiry.class).run();
    assertThat(limit()).isEqualTo(100 * DOLLAR + tokens(30));
  }

  @Test
  void nothingIsLentOfCreditThatHasEndedThoughNoJobRan() {
    post("terms", order(id(), "\"mode\":\"PREPAID\",\"credit_limit\":\"0\""));
    Instant end = billing.clock().instant().plusSeconds(60);
    give(100, end);
    Answer lent = lend(1, tokens(10));
    assertThat(lent.json().at("/leases/0/ends_at").asString()).isEqualTo(end.toString());
    billing.clock().advance(Duration.ofSeconds(60));
    Answer refused = lend(2, tokens(10));
    assertThat(refused.status()).isEqualTo(402);
    assertThat(refused.json().path("resets_at").isNull()).isTrue();
    topUp(1_000, null);
    lent = lend(2, tokens(10));
    assertThat(lent.status()).as(lent.body()).isEqualTo(200);
    assertThat(lent.json().at("/leases/0/ends_at").isNull()).isTrue();
  }

  /** What is drawn to the end leaves nothing to take away, and the next end is named. */
  @Test
  void aGrantThatIsSpentEndsWithoutChangingTheLimit() {
    Instant first = billing.clock().instant().plusSeconds(60);
    Instant second = first.plusSeconds(60);
    give(100, first);
    give(50, second);
    use(100, billing.clock().instant());
    billing.clock().set(first);
    assertThat(lend(1, 10).json().at("/leases/0/ends_at").asString()).isEqualTo(second.toString());
    assertThat(limit()).isEqualTo(100 * DOLLAR + tokens(150));
    billing.clock().set(second);
    assertThat(lend(1, 10).json().at("/leases/0/ends_at").isNull()).isTrue();
    assertThat(limit()).isEqualTo(100 * DOLLAR + tokens(100));
  }

  @Test
  void paymentAndTermsMoveTheLimitAndReversalTakesItBack() {
    String payment = id();
    post("payments", order(payment, "\"amount\":\"7\""));
    assertThat(limit()).isEqualTo(100 * DOLLAR + 7);
    assertThat(balance(Account.RECEIVABLE)).isEqualTo(-7);
    post("terms", order(id(), "\"mode\":\"PREPAID\",\"credit_limit\":\"0\""));
    assertThat(limit()).isEqualTo(7);
    UUID journal = Journal.idOf(UUID.fromString(payment));
    String reversal =
        order(id(), "\"journal_id\":\"%s\",\"reason\":\"bounced\"".formatted(journal));
    post("reversals", reversal);
    assertThat(post("reversals", reversal).status()).isEqualTo(200);
    assertThat(limit()).isZero();
    assertThat(balance(Account.CASH)).isZero();
  }

  /** Usage locks grants, then the sums by day; the other way round the two would deadlock. */
  @Test
  void aReversalWaitsForUsageThatHasItsGrantAndHoldsNothingUsageNeeds()
      throws InterruptedException, ExecutionException {
    UUID journal = topUp(10, null);
    String reversal = order(id(), "\"journal_id\":\"%s\",\"reason\":\"test\"".formatted(journal));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Answer> answer =
          billing
              .bean(TransactionTemplate.class)
              .execute(
                  status -> {
                    count("credit_grant where tenant_id = %d for update");
                    Future<Answer> waiting = threads.submit(() -> post("reversals", reversal));
                    awaitALockThatIsWaitedFor();
                    count(
                        "account_day join account using (account_id) where tenant_id = %d"
                            + " for update of account_day");
                    return waiting;
                  });
      assertThat(Objects.requireNonNull(answer).get().status()).isEqualTo(200);
    }
  }

  private int count(String rows) {
    return billing
        .sql()
        .sql("select 1 from " + rows.formatted(organization))
        .query()
        .listOfRows()
        .size();
  }

  private static void awaitALockThatIsWaitedFor() {
    Instant until = Instant.now().plusSeconds(60);
    while (Instant.now().isBefore(until)) {
      if (billing
          .sql()
          .sql(
              """
              select exists (select from pg_locks w where not w.granted and w.pid in (
                select l.pid from pg_locks l join pg_database d on d.oid = l.database
                where d.datname = current_database()))
              """)
          .query(Boolean.class)
          .single()) {
        return;
      }
    }
    throw new AssertionError("nobody waits for a lock");
  }

  @Test
  void concurrentBatchesNeverOverdraw() throws InterruptedException, ExecutionException {
    topUp(500, null);
    give(300, null);
    var tasks = new ArrayList<Future<Answer>>();
    Instant now = billing.clock().instant();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int stream = 1; stream <= 6; stream++) {
        byte[] batch = batch(organization * 100 + stream, 1, List.of(item(90, now), item(60, now)));
        tasks.add(threads.submit(() -> billing.postBatch(batch)));
      }
      for (Future<Answer> task : tasks) {
        assertThat(task.get().status()).isEqualTo(200);
      }
    }
    assertThat(balance(Account.WALLET_PAID)).isZero();
    assertThat(balance(Account.WALLET_PROMO)).isZero();
    assertThat(balance(Account.ACCRUED)).isEqualTo(tokens(100));
  }

  /** Grants, draws, expiry and reversals at random, against a list that is walked by hand. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void randomCreditMatchesANaiveModel(long seed) {
    var random = new Random(seed);
    var model = new NaiveCredit();
    for (int step = 0; step < 50; step++) {
      Instant now = billing.clock().instant();
      int amount = 1 + random.nextInt(80);
      switch (random.nextInt(6)) {
        case 0 -> {
          Instant end = random.nextBoolean() ? null : now.plusSeconds(1 + random.nextInt(200));
          model.add(topUp(amount, end), true, now, end, amount);
        }
        case 1 -> {
          Instant end = random.nextBoolean() ? null : now.plusSeconds(1 + random.nextInt(200));
          model.add(give(amount, end), false, now, end, amount);
        }
        case 2 -> {
          UUID undrawn = model.undrawn();
          if (undrawn != null) {
            String body = "\"journal_id\":\"%s\",\"reason\":\"test\"".formatted(undrawn);
            assertThat(post("reversals", order(id(), body)).status()).isEqualTo(200);
            model.reverse(undrawn);
          }
        }
        case 3 -> billing.clock().advance(Duration.ofSeconds(random.nextInt(60)));
        default -> {
          Instant admitted = now.minusSeconds(random.nextInt(50));
          use(amount, admitted);
          model.use(admitted, amount);
        }
      }
      assertThat(balance(Account.ACCRUED)).as("step " + step).isEqualTo(tokens(model.owed()));
      assertThat(billing.sum("remaining", "credit_grant where tenant_id = " + organization))
          .as("step " + step)
          .isEqualTo(BigInteger.valueOf(tokens(model.left())));
    }
  }

  private UUID topUp(int tokens, @Nullable Instant end) {
    return credit("top-ups", tokens, end);
  }

  private UUID give(int tokens, @Nullable Instant end) {
    return credit("grants", tokens, end);
  }

  private UUID credit(String kind, int tokens, @Nullable Instant end) {
    String id = id();
    String body = "\"amount\":\"%d\"".formatted(tokens(tokens));
    String until = end == null ? "" : ",\"expires_at\":\"%s\"".formatted(end);
    Answer answer = post(kind, order(id, body + until));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return Journal.idOf(UUID.fromString(id));
  }

  private Answer use(int tokens, Instant admitted) {
    long next =
        billing
            .sql()
            .sql("select coalesce(max(next_seq), 1) from ingest_hwm where replica_id = ?")
            .param(organization)
            .query(Long.class)
            .single();
    Answer answer = billing.postBatch(batch(organization, next, List.of(item(tokens, admitted))));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer;
  }

  private static byte[] batch(long replica, long firstSeq, List<LeasedBatch.Item> items) {
    var samples =
        new Samples(new Random(IDS.nextLong()), billing.priceSha256(), billing.clock().instant());
    return LeasedBatch.of(samples, replica, 1, firstSeq, items);
  }

  private LeasedBatch.Item item(int tokens, Instant admitted) {
    return new LeasedBatch.Item(organization, admitted, tokens, 0, 0, 0, 0);
  }

  private Answer lend(int replica, long need) {
    String body =
        """
        {"replica":%d,"epoch":1,"replicas":1,"organization":"%d","project":"%d","key":"%d",
         "need":{"CREDIT":"%d"},"slice":"1"}
        """
            .formatted(
                organization * 1_000 + replica, organization, organization, organization, need);
    return billing.postJson("/internal/v1/leases", BillingFixture.GATEWAY, body);
  }

  private Answer post(String what, String body) {
    String path = "/internal/v1/organizations/%d/credit/%s".formatted(organization, what);
    return billing.postJson(path, BillingFixture.GATEWAY, body);
  }

  private long limit() {
    String path = "/internal/v1/organizations/%d/credit".formatted(organization);
    return Long.parseLong(billing.get(path).text("limit"));
  }

  private static String order(String id, String members) {
    return "{\"command_id\":\"%s\",\"actor\":\"ann\",%s}".formatted(id, members);
  }

  private static String id() {
    return new UUID(IDS.nextLong(), IDS.nextLong()).toString();
  }

  private static long tokens(long number) {
    return number * LeasedBatch.TOKEN_PICO;
  }

  private long balance(Account account) {
    return balance(account, LocalDate.ofInstant(billing.clock().instant(), ZoneOffset.UTC));
  }

  private long balance(Account account, LocalDate until) {
    return billing.bean(Ledger.class).balance(organization, account, "USD", until).longValueExact();
  }
}
