package io.r1platform.billing.budgets;

import static java.time.Duration.ofHours;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.r1platform.billing.BillingFixture;
import io.r1platform.billing.BillingFixture.Answer;
import io.r1platform.billing.webhooks.Signature;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/** Budgets as operators know them: orders, resets, increases, alerts. */
class BudgetsIT {
  private static final long DOLLAR = 1_000_000_000_000L;
  private static BillingFixture billing;
  private static long last = 20_000;

  private final long organization = ++last;

  private record Sent(String id, String timestamp, String signature, String body) {}

  @BeforeAll
  static void start() {
    billing =
        new BillingFixture("--r1.billing.budgets.webhook-private-targets=true")
            .dryFirst(
                "budgets",
                "budgets/N",
                "budgets/N/increases",
                "budgets/N/close",
                "webhook-targets");
  }

  @AfterAll
  static void stop() {
    billing.close();
  }

  @AfterEach
  void everyPeriodHoldsWhatItsLeasesHold() {
    assertThat(BudgetLaw.broken(billing.sql())).isEmpty();
  }

  @Test
  void anOrderIsDoneOnceAndOneIdIsOneOrder() {
    UUID command = UUID.randomUUID();
    JsonNode first = create(command, "\"limit\":\"5\",\"reset\":\"DAY\"").json();
    assertThat(create(command, "\"limit\":\"5\",\"reset\":\"DAY\"").json()).isEqualTo(first);
    assertThat(create(command, "\"limit\":\"6\",\"reset\":\"DAY\"").status()).isEqualTo(409);
    assertThat(create(UUID.randomUUID(), "\"limit\":\"5\"").status())
        .as("a second hard budget of the scope")
        .isEqualTo(400);
    assertThat(create(UUID.randomUUID(), "\"limit\":\"5\",\"hard\":false").status()).isEqualTo(200);
    JsonNode list = billing.get("/internal/v1/budgets?organization=" + organization).json();
    assertThat(list.path("budgets").size()).as("two, and the credit").isEqualTo(3);
    assertThat(list.path("next").isNull()).isTrue();
  }

  @Test
  void everyChangeRaisesTheVersion() {
    long before = version();
    long id = budget("\"limit\":\"5\"");
    long made = version();
    order(id, "", "\"limit\":\"7\"");
    long changed = version();
    order(id, "/close", "");
    assertThat(List.of(before, made, changed, version())).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void aLoweredLimitStopsAtWhatIsOutAndFollowsAsLeasesReturn() {
    long id = budget("\"limit\":\"%d\"".formatted(10 * DOLLAR));
    Gateway one = gateway(1);
    assertThat(one.request(4 * DOLLAR, DOLLAR)).isTrue();
    one.ship();
    order(id, "", "\"limit\":\"%d\"".formatted(2 * DOLLAR));
    assertThat(column(id, "limit_pico")).isEqualTo(column(id, "spent") + column(id, "leased"));
    assertThat(gateway(2).request(1, 0)).isFalse();
    one.giveBack();
    assertThat(column(id, "limit_pico")).isEqualTo(2 * DOLLAR);
    assertThat(gateway(2).request(DOLLAR, 0)).isTrue();
    assertThat(gateway(3).request(DOLLAR, 0)).isFalse();
  }

  @Test
  void anIncreaseHoldsUntilItExpires() {
    long id = budget("\"limit\":\"%d\",\"reset\":\"NEVER\"".formatted(DOLLAR));
    assertThat(gateway(1).request(2 * DOLLAR, 0)).isFalse();
    Instant until = billing.clock().instant().plus(Duration.ofMinutes(10));
    order(id, "/increases", "\"amount\":\"%d\",\"expires_at\":\"%s\"".formatted(2 * DOLLAR, until));
    Gateway one = gateway(1);
    assertThat(one.request(3 * DOLLAR, 2 * DOLLAR)).isTrue();
    one.ship();
    billing.clock().advance(Duration.ofMinutes(10));
    billing.bean(BudgetJobs.class).run();
    // what was leased while it held may still be spent; then the old limit holds
    assertThat(column(id, "target_pico")).isEqualTo(DOLLAR);
    assertThat(column(id, "limit_pico")).isEqualTo(3 * DOLLAR);
    one.giveBack();
    assertThat(column(id, "limit_pico")).isEqualTo(2 * DOLLAR);
    assertThat(gateway(2).request(1, 0)).isFalse();
  }

  @Test
  void anIncreaseThatIsOrderedAgainAfterItsEndIsAnsweredAsBefore() {
    long id = budget("\"limit\":\"%d\"".formatted(DOLLAR));
    Instant until = billing.clock().instant().plus(Duration.ofMinutes(10));
    String body =
        "{\"command_id\":\"%s\",\"amount\":\"5\",\"expires_at\":\"%s\"}"
            .formatted(UUID.randomUUID(), until);
    String path = "/internal/v1/budgets/" + id + "/increases";
    assertThat(billing.postJson(path, BillingFixture.GATEWAY, body).status()).isEqualTo(200);
    billing.clock().advance(Duration.ofMinutes(10));
    assertThat(billing.postJson(path, BillingFixture.GATEWAY, body).status()).isEqualTo(200);
    String late = body.replaceFirst("\"command_id\":\"....", "\"command_id\":\"ffff");
    assertThat(billing.postJson(path, BillingFixture.GATEWAY, late).status()).isEqualTo(400);
    assertThat(billing.sum("1", "budget_increase where budget_id = " + id))
        .isEqualTo(BigInteger.ONE);
  }

  @Test
  void aNewDayBeginsFromNothingAndALateChargeGoesToItsOwn() {
    long id =
        budget("\"limit\":\"%d\",\"reset\":\"DAY\",\"zone\":\"Europe/Berlin\"".formatted(DOLLAR));
    Gateway one = gateway(1);
    assertThat(one.request(DOLLAR, DOLLAR / 2)).isTrue();
    assertThat(gateway(2).request(DOLLAR, 0)).isFalse();
    billing.clock().advance(Duration.ofHours(25));
    Gateway next = gateway(3);
    assertThat(next.request(DOLLAR, DOLLAR)).isTrue();
    one.ship(); // admitted yesterday
    next.ship();
    assertThat(
            billing
                .sql()
                .sql("select spent::bigint from budget_period where budget_id = ? order by period")
                .param(id)
                .query(Long.class)
                .list())
        .containsExactly(DOLLAR / 2, DOLLAR);
    billing.bean(BudgetJobs.class).run();
    assertThat(billing.bean(Leases.class).recalled(holder(1))).as("yesterday's lease").hasSize(1);
  }

  @Test
  void anHourLeavesARollingBudgetWhenAllOfItIsOlderThanTheWindow() {
    Instant hour = billing.clock().instant().truncatedTo(ChronoUnit.HOURS).plus(ofHours(1));
    billing.clock().set(hour.plus(Duration.ofMinutes(59)));
    long id =
        budget("\"limit\":\"%d\",\"reset\":\"ROLLING\",\"rolling_hours\":3".formatted(DOLLAR));
    Gateway one = gateway(1);
    assertThat(one.request(DOLLAR, DOLLAR)).isTrue();
    one.ship();
    Instant leaves = hour.plus(ofHours(4));
    for (Instant inside : List.of(hour.plus(ofHours(3)), leaves.minusMillis(1))) {
      billing.clock().set(inside);
      billing.bean(BudgetJobs.class).run();
      assertThat(gateway(2).request(DOLLAR, 0)).as("at %s", inside).isFalse();
    }
    assertThat(gateway(2).refusal(DOLLAR).resetsAt()).isEqualTo(leaves);
    billing.clock().set(leaves);
    billing.bean(BudgetJobs.class).run();
    assertThat(column(id, "spent")).isZero();
    assertThat(gateway(2).request(DOLLAR, 0)).isTrue();
  }

  @Test
  void aSoftBudgetCountsAndAlertsButRefusesNobody() {
    long id = budget("\"limit\":\"%d\",\"hard\":false".formatted(DOLLAR));
    Gateway one = gateway(1);
    assertThat(one.request(3 * DOLLAR, 2 * DOLLAR)).isTrue();
    one.ship();
    assertThat(column(id, "spent")).isEqualTo(2 * DOLLAR);
    assertThat(column(id, "leased")).isZero();
    assertThat(alerts()).containsExactly(100, 80, 50);
  }

  @Test
  void aBudgetBindsItsOwnOrganizationOnly() {
    long other = ++last;
    billing.postJson(
        "/internal/v1/budgets",
        BillingFixture.GATEWAY,
        """
        {"command_id":"%s","organization":"%d","scope":"KEY","scope_id":"%d","limit":"1"}
        """
            .formatted(UUID.randomUUID(), other, organization * 100));
    Gateway one = gateway(1);
    assertThat(one.request(DOLLAR, DOLLAR)).as("another's budget of this key").isTrue();
    one.ship();
    assertThat(
            billing.sum(
                "spent",
                "budget_period join budget using (budget_id)"
                    + " where scope = 'KEY' and organization_id = "
                    + other))
        .isZero();
  }

  @Test
  void creditMovesWithItsChanges() {
    var credit = billing.bean(Budgets.class);
    var transaction = billing.bean(TransactionTemplate.class);
    transaction.executeWithoutResult(
        status -> {
          credit.changeCredit(
              organization, "USD", BigInteger.valueOf(-90 * DOLLAR), null, "prepaid");
          credit.changeCredit(
              organization, "USD", BigInteger.valueOf(-20 * DOLLAR), null, "expiry");
        });
    assertThat(gateway(1).request(1, 0)).as("10 below nothing").isFalse();
    transaction.executeWithoutResult(
        status ->
            credit.changeCredit(
                organization, "USD", BigInteger.valueOf(15 * DOLLAR), null, "top-up"));
    Gateway one = gateway(1);
    assertThat(one.request(5 * DOLLAR, DOLLAR)).isTrue();
    one.ship();
    assertThat(gateway(2).request(1, 0)).isFalse();
    CreditState state = transaction.execute(status -> credit.credit(organization));
    assertThat(state)
        .isEqualTo(
            new CreditState(
                "USD",
                BigInteger.valueOf(5 * DOLLAR),
                BigInteger.valueOf(DOLLAR),
                BigInteger.valueOf(4 * DOLLAR),
                null,
                BigInteger.valueOf(100 * DOLLAR)));
  }

  @Test
  void eachThresholdAlertsOnceHoweverManyCrossIt() throws InterruptedException, ExecutionException {
    budget("\"limit\":\"%d\"".formatted(DOLLAR));
    List<Callable<Boolean>> work =
        IntStream.range(0, 8)
            .<Callable<Boolean>>mapToObj(
                i ->
                    () -> {
                      Gateway gateway = gateway(i);
                      for (int n = 0; n < 25; n++) {
                        gateway.request(DOLLAR / 200, DOLLAR / 200);
                        gateway.ship();
                      }
                      gateway.giveBack();
                      return true;
                    })
            .toList();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Boolean> part : threads.invokeAll(work)) {
        part.get();
      }
    }
    Gateway rest = gateway(99);
    while (rest.request(DOLLAR / 200, DOLLAR / 200)) {
      rest.ship();
    }
    assertThat(alerts())
        .as(
            billing
                .sql()
                .sql(
                    """
                    select string_agg(concat_ws(' ', scope, spent, leased, overrun), ',')
                    from budget join budget_period using (budget_id) where organization_id = ?
                    """)
                .param(organization)
                .query(String.class)
                .single())
        .containsExactlyInAnyOrder(50, 80, 100);
  }

  @Test
  void anAlertIsSignedAndSentAgainUntilItIsTaken() throws IOException, InterruptedException {
    var sent = new LinkedBlockingQueue<Sent>();
    var refusals = new AtomicInteger(1);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          var headers = exchange.getRequestHeaders();
          sent.add(
              new Sent(
                  headers.getFirst("webhook-id"),
                  headers.getFirst("webhook-timestamp"),
                  headers.getFirst("webhook-signature"),
                  new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
          exchange.sendResponseHeaders(refusals.getAndDecrement() > 0 ? 500 : 204, -1);
          exchange.close();
        });
    server.start();
    try {
      JsonNode target = target("http://127.0.0.1:%d/".formatted(server.getAddress().getPort()));
      byte[] secret =
          Base64.getDecoder().decode(target.path("secret").asString().replace("whsec_", ""));
      budget("\"limit\":\"%d\",\"alert_percent\":[90]".formatted(DOLLAR));
      Gateway one = gateway(1);
      one.request(DOLLAR, DOLLAR);
      one.ship();
      Sent first = Objects.requireNonNull(sent.poll(30, TimeUnit.SECONDS));
      assertThat(sent.poll(2, TimeUnit.SECONDS)).as("the pause before the next").isNull();
      billing.clock().advance(Duration.ofMinutes(10));
      Sent second = Objects.requireNonNull(sent.poll(30, TimeUnit.SECONDS));
      assertThat(second.id).isEqualTo(first.id).startsWith("alert_");
      assertThat(second.body).isEqualTo(first.body).contains("\"percent\":90");
      assertThat(second.signature)
          .isEqualTo(
              Signature.of(secret, second.id, Long.parseLong(second.timestamp), second.body));
      billing.clock().advance(Duration.ofHours(12));
      assertThat(sent.poll(3, TimeUnit.SECONDS)).as("taken is taken").isNull();
    } finally {
      server.stop(0);
    }
  }

  /** One never answers, one never ends its answer: neither keeps another target waiting. */
  @Test
  void aTargetThatHangsDelaysNoOther() throws IOException, InterruptedException {
    var sent = new LinkedBlockingQueue<String>();
    var done = new CountDownLatch(1);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/silent", exchange -> hang(done));
    server.createContext(
        "/endless",
        exchange -> {
          sent.add("endless");
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write(1);
          exchange.getResponseBody().flush();
          hang(done);
        });
    server.createContext(
        "/good",
        exchange -> {
          sent.add("good");
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    try {
      for (String path : List.of("silent", "endless", "good")) {
        target("http://127.0.0.1:%d/%s".formatted(server.getAddress().getPort(), path));
      }
      budget("\"limit\":\"%d\",\"alert_percent\":[70,80,90]".formatted(DOLLAR));
      Gateway one = gateway(1);
      one.request(DOLLAR, DOLLAR);
      one.ship();
      var came = new ArrayList<String>();
      for (int i = 0; i < 6; i++) {
        came.add(Objects.requireNonNull(sent.poll(9, TimeUnit.SECONDS), came.toString()));
      }
      assertThat(came).containsOnly("good", "endless");
    } finally {
      done.countDown();
      server.stop(0);
    }
  }

  private static void hang(CountDownLatch until) {
    try {
      until.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private JsonNode target(String url) {
    return billing
        .postJson(
            "/internal/v1/webhook-targets",
            BillingFixture.GATEWAY,
            "{\"command_id\":\"%s\",\"organization\":\"%d\",\"url\":\"%s\"}"
                .formatted(UUID.randomUUID(), organization, url))
        .json();
  }

  @Test
  void targetsAreHttpAndTheirSecretIsToldOnce() {
    for (String url : List.of("ftp://x.example/", "file:///etc/passwd", "https://u:p@x.example/")) {
      assertThat(
              billing
                  .postJson(
                      "/internal/v1/webhook-targets",
                      BillingFixture.GATEWAY,
                      "{\"command_id\":\"%s\",\"organization\":\"%d\",\"url\":\"%s\"}"
                          .formatted(UUID.randomUUID(), organization, url))
                  .status())
          .as(url)
          .isEqualTo(400);
    }
    String list = billing.get("/internal/v1/webhook-targets").body();
    assertThat(list).doesNotContain("whsec_");
  }

  private Answer create(UUID command, String members) {
    return billing.postJson(
        "/internal/v1/budgets",
        BillingFixture.GATEWAY,
        "{\"command_id\":\"%s\",\"organization\":\"%d\",%s}"
            .formatted(command, organization, members));
  }

  /** A hard budget of the organization; its id. */
  private long budget(String members) {
    Answer answer = create(UUID.randomUUID(), members);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return Long.parseLong(answer.text("budget_id"));
  }

  private void order(long id, String path, String members) {
    Answer answer =
        billing.postJson(
            "/internal/v1/budgets/" + id + path,
            BillingFixture.GATEWAY,
            "{\"command_id\":\"%s\"%s%s}"
                .formatted(UUID.randomUUID(), members.isEmpty() ? "" : ",", members));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
  }

  private Leases.Holder holder(int number) {
    return new Leases.Holder(organization * 1_000 + number, 1);
  }

  private Gateway gateway(int number) {
    return new Gateway(billing, organization, holder(number), 1);
  }

  private long version() {
    return billing.bean(Versions.class).of(organization);
  }

  private List<Integer> alerts() {
    return billing
        .sql()
        .sql("select percent from budget_alert where organization_id = ? order by alert_id desc")
        .param(organization)
        .query(Integer.class)
        .list();
  }

  private long column(long budget, String column) {
    return billing.sum(column, "budget_period where budget_id = " + budget).longValueExact();
  }
}
