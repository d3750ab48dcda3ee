package io.r1platform.api.relay;

import static io.r1platform.api.relay.Wire.DONE;
import static io.r1platform.api.relay.Wire.token;
import static io.r1platform.api.relay.Wire.usageChunk;
import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Await;
import io.r1platform.api.FakeBilling.Illness;
import io.r1platform.api.FakeLeases;
import io.r1platform.api.holds.Holds;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.http.HttpMethod;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;

/** Budgets at the gateway, from the caller's side. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HoldsIT {
  private static final String BODY =
      """
      {"model":"r1-nano","messages":[{"role":"user","content":"hi"}],"stream":true,
       "max_tokens":10%s}\
      """;
  private static final int BYTES = BODY.formatted("").length();
  private static final long WORST = BYTES * 550_000L + 10 * 2_190_000L;

  /** 2 cached and 10 other prompt tokens and 5 output tokens. */
  private static final long COST_OF_FIVE = 2 * 140_000 + 10 * 550_000 + 5 * 2_190_000;

  private Gateway gateway;
  private FakeLeases leases;

  @BeforeAll
  void start() {
    gateway =
        new Gateway(Map.of("r1.api.relay.count-wait", "700ms", "r1.api.holds.sync-every", "100ms"));
    leases = gateway.billing.leases();
  }

  @AfterAll
  void stop() {
    gateway.close();
  }

  @AfterEach
  void unlimited() {
    gateway.billing.become(Illness.NONE);
    for (String scope : Set.of("CREDIT", "ORGANIZATION", "PROJECT", "KEY")) {
      leases.unlimit(scope);
    }
    Await.until("no open hold", () -> gateway.api.bean(Holds.class).openHolds() == 0);
    heartbeat();
  }

  @Test
  void refusesWithTheScopeWhatIsLeftWhenItResetsAndWhatFits() {
    answersFive();
    limit("PROJECT", WORST - 1, "2026-12-01T00:00:00Z");
    HttpResponse<String> refused = gateway.chat(BODY.formatted(""));
    assertThat(refused.statusCode()).isEqualTo(402);
    assertThat(refused.headers().firstValue("x-should-retry")).contains("false");
    assertThat(refused.body())
        .contains("\"code\":\"budget_exceeded\"", "\"type\":\"billing_error\"")
        .contains("\"param\":\"project\"", "\"scope\":\"project\"")
        .contains("\"left\":\"" + decimal(WORST - 1) + "\"")
        .contains("\"resets_at\":\"2026-12-01T00:00:00Z\"", "\"max_tokens_that_fits\":9")
        .contains("\"charged\":\"0\"");
    assertThat(gateway.engine.chats()).isEmpty();
  }

  /** What fits is what fits every scope, though the first that refuses is the outer one. */
  @Test
  void namesTheScopeThatLeavesLeast() {
    answersFive();
    limit("PROJECT", WORST - 1, null);
    limit("KEY", WORST - 3 * 2_190_000, null);
    HttpResponse<String> refused = gateway.chat(BODY.formatted(""));
    assertThat(refused.statusCode()).isEqualTo(402);
    assertThat(refused.body()).contains("\"scope\":\"key\"", "\"max_tokens_that_fits\":7");
  }

  @Test
  void saysInsufficientBalanceWhereCreditBinds() {
    answersFive();
    limit("CREDIT", WORST - 1, null);
    HttpResponse<String> refused = gateway.chat(BODY.formatted(""));
    assertThat(refused.statusCode()).isEqualTo(402);
    assertThat(refused.body()).contains("insufficient_balance", "\"scope\":\"credit\"");
  }

  @Test
  void saysHeldAndToTryAgainWhileOnlyRunningRequestsStandInTheWay() throws IOException {
    limit("KEY", WORST + COST_OF_FIVE, null);
    gateway.engine.does(
        chat -> {
          var stream = chat.stream().write(token(5, "content", "hi"));
          chat.awaitCancel();
          stream.write(usageChunk(0, 5, "cancelled") + DONE);
        });
    HttpResponse<InputStream> runs = gateway.open(BODY.formatted(""));
    try (InputStream in = runs.body()) {
      Gateway.readUntil(in, "hi");
      HttpResponse<String> refused = gateway.chat(BODY.formatted(",\"user\":\"another\""));
      assertThat(refused.statusCode()).isEqualTo(402);
      assertThat(refused.body()).contains("\"code\":\"budget_held\"", "\"charged\":\"0\"");
      assertThat(refused.headers().firstValue("x-should-retry")).contains("true");
      assertThat(refused.headers().firstValue("retry-after")).isPresent();
    }
    Await.until("the charge", () -> leases.spent("KEY").longValue() == COST_OF_FIVE);
    answersFive();
    Await.until("room again", () -> gateway.chat(BODY.formatted("")).statusCode() == 200);
  }

  @Test
  void settlesWhatWasChargedOnceAndKeepsTheRest() {
    answersFive();
    limit("KEY", 2 * WORST, null);
    var first = gateway.chat(BODY.formatted(""));
    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(first.headers().firstValue("x-r1-cost-max")).contains(decimal(WORST));
    BigInteger before = leases.spent("KEY");
    Await.until("the charge", () -> leases.spent("KEY").longValue() == COST_OF_FIVE);
    assertThat(before.longValue()).isLessThanOrEqualTo(COST_OF_FIVE);
    String journaled =
        gateway
            .api
            .bean(org.springframework.jdbc.core.simple.JdbcClient.class)
            .sql(
                """
                select string_agg(kind || hold_pico || '/' || (leases[1] > 0) || (leases[4] > 0),
                  ' ' order by kind)
                from usage_journal where event_id = cast(? as uuid)
                """)
            .param(Gateway.id(first))
            .query(String.class)
            .single();
    assertThat(journaled).isEqualTo("A%d/truetrue F%d/truetrue".formatted(WORST, WORST));
  }

  /** Threads: new-api#5235, litellm#35958. What a client that left had generated is charged. */
  @Test
  void disconnectIsCharged() throws IOException {
    limit("KEY", 4 * WORST, null);
    gateway.engine.does(
        chat -> {
          var stream = chat.stream().write(token(5, "content", "hi"));
          chat.awaitCancel();
          stream.write(usageChunk(0, 5, "cancelled") + DONE);
        });
    HttpResponse<InputStream> response = gateway.open(BODY.formatted(""));
    try (InputStream in = response.body()) {
      Gateway.readUntil(in, "hi");
    }
    Await.until("the charge", () -> leases.spent("KEY").longValue() == COST_OF_FIVE);
  }

  /** The engine stops at what is held; what comes beyond is the platform's loss. */
  @Test
  void cutsAnEngineThatPassesItsCapAndChargesNoMoreThanWasHeld() {
    limit("KEY", 4 * WORST, null);
    gateway.engine.does(
        chat -> {
          var stream = chat.stream().write(token(5, "content", "hi") + token(15, "content", "ho"));
          chat.awaitCancel();
          stream.write(usageChunk(0, 15, "cancelled") + DONE);
        });
    assertThat(gateway.chat(BODY.formatted("")).statusCode()).isEqualTo(200);
    long most = 2 * 140_000 + 10 * 550_000 + 10 * 2_190_000;
    Await.until("the charge", () -> leases.spent("KEY").longValue() == most);
  }

  /** Threads: litellm#30460, bifrost#5770. What is free again is not denied. */
  @Test
  void noPhantomDenials() {
    limit("KEY", WORST, null);
    gateway.engine.does(chat -> chat.error(503, "engine_overloaded", "busy"));
    for (int i = 0; i < 5; i++) {
      assertThat(gateway.chat(BODY.formatted("")).statusCode()).isEqualTo(503);
    }
    answersFive();
    assertThat(gateway.chat(BODY.formatted("")).statusCode()).isEqualTo(200);
  }

  /** Threads: litellm#35766. A request that fits the slice asks nobody: memory decides. */
  @Test
  void noScanOnRequestPath() {
    answersFive();
    assertThat(gateway.chat(BODY.formatted("")).statusCode()).isEqualTo(200);
    int before = leases.asks();
    for (int i = 0; i < 40; i++) {
      assertThat(gateway.chat(BODY.formatted("")).statusCode()).isEqualTo(200);
    }
    assertThat(leases.asks() - before).isLessThanOrEqualTo(4);
  }

  @Test
  void maxCostLowersTheCapToWhatItBuys() {
    answersFive();
    String body = BODY.formatted(",\"max_cost\":\"0.00008\"");
    long fits = (80_000_000L - body.length() * 550_000L) / 2_190_000L;
    assertThat(fits).isBetween(1L, 9L);
    assertThat(gateway.chat(body).statusCode()).isEqualTo(200);
    assertThat(gateway.engine.chats().getFirst().header("x-r1-max-tokens"))
        .isEqualTo(Long.toString(fits));
    assertThat(gateway.engine.chats().getFirst().header("x-r1-max-prompt-tokens"))
        .isEqualTo(Integer.toString(body.length()));
    HttpResponse<String> low = gateway.chat(BODY.formatted(",\"max_cost\":\"0.00000001\""));
    assertThat(low.statusCode()).isEqualTo(422);
    assertThat(low.body()).contains("max_cost_too_low");
    assertThat(gateway.chat(BODY.formatted(",\"max_cost\":\"1e3\"")).statusCode()).isEqualTo(422);
  }

  /** Each choice may be as long as the cap, and the prompt is charged once. */
  @Test
  void holdsTheCapOfEveryChoiceAndChargesThemAll() {
    String body = BODY.formatted(",\"n\":3");
    long worst = body.length() * 550_000L + 3 * 10 * 2_190_000L;
    limit("KEY", worst - 1, null);
    answersFive();
    HttpResponse<String> refused = gateway.chat(body);
    assertThat(refused.statusCode()).isEqualTo(402);
    assertThat(refused.body()).contains("\"max_tokens_that_fits\":9");

    limit("KEY", worst, null);
    gateway.engine.does(
        chat -> chat.stream().write(token(28, "content", "hi") + usageChunk(0, 28, "stop") + DONE));
    HttpResponse<String> answer = gateway.chat(body);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("x-r1-cost-max")).contains(decimal(worst));
    assertThat(gateway.engine.chats().getFirst().header("x-r1-max-tokens")).isEqualTo("10");
    long charge = 2 * 140_000 + 10 * 550_000 + 28 * 2_190_000;
    Await.until("the charge", () -> leases.spent("KEY").longValue() == charge);
  }

  @Test
  void holdsWhatThePromptSaysOfToolsBesideTheBody() {
    answersFive();
    String body = BODY.formatted(",\"tools\":[]");
    assertThat(gateway.chat(body).statusCode()).isEqualTo(200);
    assertThat(gateway.engine.chats().getFirst().header("x-r1-max-prompt-tokens"))
        .isEqualTo(Integer.toString(body.length() + 256));
  }

  @Test
  void maxCostIsForAllChoicesTogether() {
    answersFive();
    String body = BODY.formatted(",\"n\":2,\"max_cost\":\"0.000085\"");
    long fits = (85_000_000L - body.length() * 550_000L) / (2 * 2_190_000L);
    assertThat(fits).isBetween(1L, 9L);
    assertThat(gateway.chat(body).statusCode()).isEqualTo(200);
    assertThat(gateway.engine.chats().getFirst().header("x-r1-max-tokens"))
        .isEqualTo(Long.toString(fits));
  }

  @Test
  void servesFromItsSlicesWhileBillingIsAwayThenSaysLater() {
    answersFive();
    assertThat(gateway.chat(BODY.formatted("")).statusCode()).isEqualTo(200);
    gateway.billing.become(Illness.DOWN);
    assertThat(gateway.chat(BODY.formatted("")).statusCode()).isEqualTo(200);
    HttpResponse<String> refused = gateway.chatAs(gateway.issueKey(), BODY.formatted(""));
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValue("retry-after")).isPresent();
    assertThat(refused.body()).contains("metering_unavailable");
  }

  @Test
  void givesEverythingBackThatIsRecalled() {
    answersFive();
    assertThat(gateway.chat(BODY.formatted("")).statusCode()).isEqualTo(200);
    leases.recallAll();
    Await.until("all returned", () -> leases.leased("CREDIT").signum() == 0);
    assertThat(gateway.chat(BODY.formatted("")).statusCode()).isEqualTo(200);
  }

  /** Threads: bifrost#2873, new-api#6609. Every route that runs a model asks the budgets first. */
  @Test
  void noRouteBypassesBudget() {
    answersFive();
    limit("CREDIT", 0, null);
    Set<String> posts =
        gateway.api.bean(RequestMappingHandlerMapping.class).getHandlerMethods().keySet().stream()
            .filter(mapping -> takesPosts(mapping.getMethodsCondition().getMethods()))
            .flatMap(mapping -> mapping.getPatternsCondition().getPatterns().stream())
            .map(Object::toString)
            .filter(path -> !path.startsWith("/admin/") && !path.startsWith("/webhooks/"))
            .collect(Collectors.toSet());
    Set<String> free =
        Set.of(
            "/v1/tokenize",
            "/v1/quotes",
            "/v1/requests/{id}/cancel",
            "/v1/exports",
            "/v1/exports/{id}/cancel",
            "/v1/files",
            "/v1/batches", // whose lines ask when they start: BatchesIT
            "/v1/batches/{id}/cancel");
    Set<String> paid =
        Set.of("/v1/chat/completions", "/chat/completions", "/v1/completions", "/completions");
    assertThat(posts).containsAll(free).containsAll(paid).hasSize(free.size() + paid.size());
    for (String path : posts) {
      String body = BODY.formatted(",\"prompt\":\"x\"");
      int status = gateway.post(path.replace("{id}", "x"), body).statusCode();
      assertThat(status == 402).as(path).isEqualTo(paid.contains(path));
    }
    assertThat(gateway.engine.chats()).isEmpty();
  }

  private static boolean takesPosts(
      Set<org.springframework.web.bind.annotation.RequestMethod> methods) {
    return methods.isEmpty()
        || methods.stream().anyMatch(m -> m.asHttpMethod().equals(HttpMethod.POST));
  }

  private void limit(String scope, long pico, @Nullable String resetsAt) {
    leases.recallAll();
    Await.until("all returned", () -> leases.leased("CREDIT").signum() == 0);
    leases.limit(scope, pico, resetsAt);
    heartbeat();
  }

  /** Until two syncs have passed, so that the last change was heard. */
  private void heartbeat() {
    int before = leases.syncs();
    Await.until("two heartbeats", () -> leases.syncs() >= before + 2);
  }

  private void answersFive() {
    gateway.engine.does(
        chat -> chat.stream().write(token(5, "content", "hi") + usageChunk(0, 5, "stop") + DONE));
  }

  private static String decimal(long pico) {
    return new io.r1platform.api.money.Pico(pico).decimal();
  }
}
