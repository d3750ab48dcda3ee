package io.r1platform.billing.budgets;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.BillingFixture;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Many replicas on one budget and a real database. */
class OverspendIT {
  private static final long DOLLAR = 1_000_000_000_000L;
  private static final long TOKEN = 2_190_000;
  private static final int TOKENS = 64;
  private static final int REPLICAS = 16;
  private static BillingFixture billing;
  private static long last = 10_000;

  private final long organization = ++last;

  @BeforeAll
  static void start() {
    billing = new BillingFixture();
  }

  @AfterAll
  static void stop() {
    billing.close();
  }

  @AfterEach
  void everyPeriodHoldsWhatItsLeasesHold() {
    assertThat(BudgetLaw.broken(billing.sql())).isEmpty();
  }

  /**
   * litellm#34732, #40095, #26672, #23714; QuantumNous/new-api#6609, #6607, #5690;
   * songquanpeng/one-api#2440; maximhq/bifrost#3547.
   */
  @Test
  void concurrencyCannotOverspend() throws InterruptedException, ExecutionException {
    create(Scope.PROJECT, organization * 10, DOLLAR, true);
    var random = new Random(11);
    List<Gateway> gateways = new ArrayList<>();
    for (int i = 0; i < REPLICAS; i++) {
      gateways.add(gateway(i, REPLICAS));
    }
    int admitted = 0;
    int round = -1;
    while (round != 0) {
      List<Callable<Integer>> work = new ArrayList<>();
      for (Gateway gateway : gateways) {
        work.add(() -> untilDenied(gateway, random.nextLong()));
      }
      round = all(work);
      admitted += round;
      // some die with requests unshipped; their successors begin anew
      for (int i = 0; i < gateways.size(); i++) {
        if (random.nextInt(4) == 0) {
          gateways.get(i).buried();
          gateways.set(i, gateway(100 + gateways.size() * (1 + random.nextInt(10_000)) + i, 16));
        } else {
          gateways.get(i).ship();
          gateways.get(i).giveBack();
        }
      }
    }
    for (Gateway gateway : gateways) {
      gateway.buried();
    }
    Map<String, BigInteger> project = period(Scope.PROJECT);
    assertThat(project.get("overrun")).isZero();
    assertThat(project.get("leased")).isZero();
    assertThat(project.get("spent"))
        .isBetween(BigInteger.valueOf(DOLLAR / 1_000 * 999), BigInteger.valueOf(DOLLAR));
    assertThat(period(Scope.CREDIT).get("spent")).isEqualTo(project.get("spent"));
    assertThat(admitted).isGreaterThan(7_000);
  }

  /** litellm#30460, #36926, #34733, #27639, #33923; bifrost#5770. */
  @Test
  void noPhantomDenials() {
    create(Scope.KEY, organization * 100, 15 * DOLLAR, true);
    long spent = 0;
    for (int i = 0; i < 40; i++) {
      Gateway gateway = gateway(i, 3);
      long cost = DOLLAR / 100;
      assertThat(gateway.request(DOLLAR, cost)).isTrue();
      spent += cost;
      if (i % 3 == 0) {
        gateway.ship();
        gateway.giveBack();
      }
      gateway.buried();
    }
    long rest = 15 * DOLLAR - spent;
    Gateway one = gateway(50, 3);
    assertThat(one.request(rest + 1, 0)).isFalse();
    assertThat(one.request(rest, rest)).isTrue();
    one.buried();
    assertThat(period(Scope.KEY).get("spent")).isEqualTo(BigInteger.valueOf(15 * DOLLAR));
  }

  /** litellm#35766: a budget is never seeded from the log of requests. */
  @Test
  void noScanOnRequestPath() {
    create(Scope.ORGANIZATION, organization, DOLLAR, true);
    var superuser = JdbcClient.create(billing.database().superuser());
    String tables =
        "billing.usage_record, billing.usage_hourly, billing.entry, billing.account_day,"
            + " billing.engine_usage";
    // partitions are made meanwhile, so the tables are locked first
    superuser
        .sql(
            "do $$ begin lock table %1$s; revoke select on %1$s from r1_billing; end $$"
                .formatted(tables))
        .update();
    try {
      Gateway gateway = gateway(1, 1);
      assertThat(gateway.request(DOLLAR / 2, DOLLAR / 2)).isTrue();
      gateway.ship();
      gateway.giveBack();
      assertThat(gateway.request(DOLLAR, 0)).isFalse();
    } finally {
      superuser.sql("grant select on " + tables + " to r1_billing").update();
    }
  }

  private static int untilDenied(Gateway gateway, long seed) {
    var random = new Random(seed);
    int admitted = 0;
    while (gateway.request(TOKENS * TOKEN, (1 + random.nextInt(TOKENS)) * TOKEN)) {
      admitted++;
      if (gateway.unshipped() >= 50) {
        gateway.ship();
      }
    }
    return admitted;
  }

  private static int all(List<Callable<Integer>> work)
      throws InterruptedException, ExecutionException {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      int sum = 0;
      for (Future<Integer> part : threads.invokeAll(work)) {
        sum += part.get();
      }
      return sum;
    }
  }

  private Gateway gateway(int number, int replicas) {
    return new Gateway(
        billing, organization, new Leases.Holder(organization * 1_000_000 + number, 1), replicas);
  }

  private void create(Scope scope, long scopeId, long limit, boolean hard) {
    billing
        .bean(BudgetOrders.class)
        .create(
            UUID.randomUUID(),
            new BudgetOrders.NewBudget(
                organization,
                scope,
                scopeId,
                hard,
                "USD",
                BigInteger.valueOf(limit),
                "UTC",
                Reset.MONTH,
                null,
                BudgetOrders.THRESHOLDS));
  }

  private Map<String, BigInteger> period(Scope scope) {
    var sums = new TreeMap<String, BigInteger>();
    for (String column : List.of("spent", "leased", "overrun")) {
      sums.put(
          column,
          billing.sum(
              column,
              ("budget_period join budget using (budget_id)"
                      + " where organization_id = %d and scope = '%s'")
                  .formatted(organization, scope)));
    }
    return sums;
  }
}
