package io.r1platform.api.relay;

import static io.r1platform.api.relay.Wire.DONE;
import static io.r1platform.api.relay.Wire.finish;
import static io.r1platform.api.relay.Wire.token;
import static io.r1platform.api.relay.Wire.usageChunk;
import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Await;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.keys.Keys;
import io.r1platform.api.limits.LimitScope;
import io.r1platform.api.limits.LimitSet;
import io.r1platform.api.limits.LimitSets;
import io.r1platform.api.limits.Terms;
import io.r1platform.api.tenants.Tenants;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What limits let through at one replica, and what clients hear. Each test has a key of its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LimitsIT {
  private static final String STREAM =
      """
      {"model":"r1-nano","messages":[{"role":"user","content":"hi"}],"stream":true}\
      """;

  private final Gateway gateway = new Gateway(Map.of());
  private String key;
  private Caller caller;

  @BeforeAll
  void start() {
    renew();
  }

  @AfterAll
  void stop() {
    gateway.close();
  }

  @Test
  void theTightestBindsAndNothingIsCharged() {
    renew();
    answers(5);
    limit(LimitScope.ORGANIZATION, rates(40L, null));
    limit(LimitScope.PROJECT, rates(3L, null));
    limit(LimitScope.KEY, rates(30L, null));
    for (int i = 0; i < 3; i++) {
      assertThat(gateway.chatAs(key, STREAM).statusCode()).isEqualTo(200);
    }
    long journaled = admitted();
    HttpResponse<String> refused = gateway.chatAs(key, STREAM);
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(429);
    JsonNode error = JsonMapper.shared().readTree(refused.body()).path("error");
    assertThat(error.path("code").asString()).isEqualTo("rate_limit_exceeded");
    assertThat(error.path("type").asString()).isEqualTo("rate_limit_error");
    assertThat(error.path("param").asString()).isEqualTo("project");
    assertThat(error.path("charged").asString()).isEqualTo("0");
    assertThat(error.path("limit").path("kind").asString()).isEqualTo("requests_per_minute");
    assertThat(error.path("limit").path("limit").asInt()).isEqualTo(3);
    assertThat(refused.headers().firstValue("x-should-retry")).contains("true");
    assertThat(refused.headers().firstValueAsLong("retry-after").orElseThrow())
        .isBetween(17L, 20L); // a request comes back every 20 s
    assertThat(header(refused, "remaining-requests")).isEqualTo("0");
    assertThat(header(refused, "scope")).isEqualTo("requests=project");
    assertThat(gateway.engine.chats()).hasSize(3);
    assertThat(admitted()).isEqualTo(journaled);
    clear();
  }

  @Test
  void headersAreExactAlsoOnStreamsAndErrors() {
    renew();
    answers(5);
    limit(LimitScope.KEY, rates(10L, 100L));
    HttpResponse<String> first = gateway.chatAs(key, STREAM);
    assertThat(header(first, "limit-requests")).isEqualTo("10");
    assertThat(header(first, "remaining-requests")).isEqualTo("9");
    assertThat(header(first, "reset-requests")).matches("(5\\.\\d{1,3}|6)s");
    assertThat(header(first, "limit-tokens")).isEqualTo("100");
    assertThat(header(first, "scope")).isEqualTo("requests=key, tokens=key");
    HttpResponse<String> second = gateway.chatAs(key, STREAM);
    assertThat(header(second, "remaining-requests")).isEqualTo("8");
    // 12 of the prompt and 5 of the answer, once the first has ended; a token comes every 600 ms.
    // The second's prompt is guessed from its bytes until the engine has counted.
    int guess = Math.ceilDiv(STREAM.length(), 4);
    assertThat(Integer.parseInt(header(second, "remaining-tokens")))
        .isBetween(100 - 17 - guess - 5, 100 - 17 - guess + 5);
    Await.until("both are settled", () -> remainingTokens() >= 100 - 34);
    assertThat(remainingTokens()).isBetween(100 - 34, 100 - 34 + 8);
    HttpResponse<String> wrong = gateway.postAs(key, "/v1/chat/completions", "{\"model\":7}");
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(header(wrong, "remaining-requests")).isEqualTo("8");
    clear();
  }

  @Test
  void debtBlocksUntilItIsRefilled() {
    renew();
    answers(630);
    limit(LimitScope.KEY, rates(null, 600L)); // ten a second
    long begun = System.nanoTime();
    assertThat(gateway.chatAs(key, STREAM).statusCode()).isEqualTo(200);
    HttpResponse<String> refused = gateway.chatAs(key, STREAM);
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(429);
    assertThat(refused.body()).contains("tokens_per_minute");
    assertThat(refused.headers().firstValueAsLong("retry-after").orElseThrow()).isBetween(3L, 5L);
    Await.until("it is refilled", () -> gateway.chatAs(key, STREAM).statusCode() == 200);
    double seconds = (System.nanoTime() - begun) / 1e9;
    assertThat(seconds).as("seconds until 42 tokens flowed in").isBetween(4.1, 9.0);
    clear();
  }

  @Test
  void aDebtTakesNoLongerUnderALowerLimit() {
    renew();
    answers(630);
    limit(LimitScope.KEY, rates(null, 600L));
    assertThat(gateway.chatAs(key, STREAM).statusCode()).isEqualTo(200);
    assertThat(gateway.chatAs(key, STREAM).statusCode()).isEqualTo(429);
    set(LimitScope.KEY, Map.of(LimitSet.ALL_MODELS, rates(null, 60L)));
    Await.until("it is known", () -> limits(LimitScope.KEY).toString().contains("\"60\""));
    HttpResponse<String> refused = gateway.chatAs(key, STREAM);
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(429);
    assertThat(refused.headers().firstValueAsLong("retry-after").orElseThrow()).isBetween(1L, 6L);
    clear();
  }

  @Test
  void aRaisedLimitIsShownBeforeItIsUsed() {
    renew();
    answers(1);
    limit(LimitScope.KEY, rates(5L, null));
    for (int i = 0; i < 5; i++) {
      assertThat(gateway.chatAs(key, STREAM).statusCode()).isEqualTo(200);
    }
    set(LimitScope.KEY, Map.of(LimitSet.ALL_MODELS, rates(1_000L, null)));
    Await.until(
        "it is known",
        () -> limits(LimitScope.KEY).path(0).path("limit").asString().equals("1000"));
    assertThat(limits(LimitScope.KEY).path(0).path("remaining").asInt()).isBetween(995, 1_000);
    clear();
  }

  @Test
  void aPlaceIsFreeAsSoonAsItsClientHasHungUp() throws Exception {
    renew();
    gateway.engine.does(chat -> chat.stream().write(token(1, "content", "a")).awaitCancel());
    limit(LimitScope.KEY, new Terms(null, null, 1L, null));
    HttpResponse<InputStream> open = gateway.open(STREAM, key);
    Gateway.readUntil(open.body(), "id: 1");
    HttpResponse<String> refused = gateway.chatAs(key, STREAM);
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.body()).contains("\"code\":\"concurrency_exceeded\"");
    assertThat(gateway.engine.chats()).hasSize(1);
    open.body().close();
    Await.until("it ended", () -> held("concurrency") == 0);
    answers(2);
    assertThat(gateway.chatAs(key, STREAM).statusCode()).isEqualTo(200);
    assertThat(gateway.chatAs(key, STREAM).statusCode()).isEqualTo(200);
    clear();
  }

  @Test
  void onlyWhatTheEngineHasNotBegunWaits() throws Exception {
    renew();
    var begin = new CountDownLatch(1);
    gateway.engine.does(
        chat -> {
          begin.await(20, TimeUnit.SECONDS);
          chat.stream().write(token(1, "content", "a")).awaitCancel();
        });
    limit(LimitScope.KEY, new Terms(null, null, null, 1L));
    var first = java.util.concurrent.CompletableFuture.supplyAsync(() -> gateway.open(STREAM, key));
    Await.until("it waits", () -> gateway.engine.chats().size() == 1);
    HttpResponse<String> refused = gateway.chatAs(key, STREAM);
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.body()).contains("\"code\":\"queue_full\"");
    begin.countDown();
    Gateway.readUntil(first.join().body(), "id: 1");
    HttpResponse<InputStream> second = gateway.open(STREAM, key);
    assertThat(second.statusCode()).isEqualTo(200);
    first.join().body().close();
    second.body().close();
    clear();
  }

  @Test
  void whatIsNotStreamedWaitsNoLongerThanTheEngineDoes() throws Exception {
    renew();
    String body = STREAM.replace("\"stream\":true", "\"stream\":false");
    var begin = new CountDownLatch(1);
    var end = new CountDownLatch(1);
    gateway.engine.does(
        chat -> {
          assertThat(chat.header("x-r1-tell-start")).isEqualTo("true");
          assertThat(begin.await(20, TimeUnit.SECONDS)).isTrue();
          chat.json().write("\n").write(" ");
          assertThat(end.await(20, TimeUnit.SECONDS)).isTrue();
          chat.write("{\"choices\":[],%s,%s}".formatted(Wire.usage(0, 5), Wire.r1("stop")));
        });
    limit(LimitScope.KEY, new Terms(null, null, null, 1L));
    var first = CompletableFuture.supplyAsync(() -> gateway.chatAs(key, body));
    Await.until("it waits", () -> gateway.engine.chats().size() == 1);
    assertThat(gateway.chatAs(key, body).body()).contains("\"code\":\"queue_full\"");
    begin.countDown();
    Await.until("it waits no more", () -> held("queue") == 0);
    var second = CompletableFuture.supplyAsync(() -> gateway.chatAs(key, body));
    Await.until("the next waits", () -> gateway.engine.chats().size() == 2);
    end.countDown();
    assertThat(first.join().body()).startsWith("\n{").contains("\"cost\"");
    assertThat(second.join().statusCode()).isEqualTo(200);
    clear();
  }

  @Test
  void aModelsLimitBindsThatModelAlone() {
    renew();
    answers(1);
    gateway
        .api
        .bean(LimitSets.class)
        .replace(LimitScope.KEY, caller.keyId(), 0, Map.of(2, rates(1L, null)));
    Await.until("known", () -> !limits(LimitScope.KEY).isEmpty());
    assertThat(gateway.chatAs(key, STREAM).statusCode()).isEqualTo(200);
    HttpResponse<String> refused = gateway.chatAs(key, STREAM);
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.body()).contains("of this model");
    JsonNode shown = limits(LimitScope.KEY).path(0);
    assertThat(shown.path("model").asString()).isEqualTo("r1-nano");
    assertThat(shown.path("remaining").asString()).isEqualTo("0");
    assertThat(shown.path("binding").asBoolean()).isTrue();
    clear();
  }

  @Test
  void tokenizingCountsAsARequest() {
    renew();
    limit(LimitScope.KEY, rates(1L, null));
    String body = "{\"model\":\"r1-nano\",\"input\":\"x\"}";
    assertThat(gateway.postAs(key, "/v1/tokenize", body).statusCode()).isNotEqualTo(429);
    assertThat(gateway.postAs(key, "/v1/tokenize", body).statusCode()).isEqualTo(429);
    assertThat(gateway.chatAs(key, STREAM).statusCode()).isEqualTo(429);
    clear();
  }

  @Test
  void noOtherTenantsLimitsAreSeen() {
    renew();
    limit(LimitScope.KEY, rates(7L, null));
    Tenants tenants = gateway.api.bean(Tenants.class);
    long project = tenants.createProject(tenants.createOrganization("Other").id(), "P").id();
    String foreign = gateway.api.bean(Keys.class).issue(project, "theirs", null).secret();
    Await.until("their key", () -> gateway.api.get("/v1/limits", foreign).statusCode() == 200);
    JsonNode theirs =
        JsonMapper.shared().readTree(gateway.api.get("/v1/limits", foreign).body()).path("data");
    for (JsonNode limit : theirs) {
      assertThat(limit.path("kind").asString()).isNotEqualTo("requests_per_minute");
    }
    clear();
  }

  private void answers(int tokens) {
    gateway.engine.does(
        chat ->
            chat.stream()
                .write(
                    token(tokens, "content", "a")
                        + finish(tokens, "stop")
                        + usageChunk(0, tokens, "stop")
                        + DONE));
  }

  /** Another key, so that what other tests used does not count. */
  private void renew() {
    key = gateway.issueKey();
    caller = gateway.caller();
    Await.until("the key", () -> gateway.api.get("/v1/models", key).statusCode() == 200);
  }

  private static Terms rates(@Nullable Long requests, @Nullable Long tokens) {
    return new Terms(requests, tokens, null, null);
  }

  private void limit(LimitScope scope, Terms terms) {
    set(scope, Map.of(LimitSet.ALL_MODELS, terms));
    Await.until("it is known", () -> !limits(scope).isEmpty());
  }

  private void set(LimitScope scope, Map<Integer, Terms> terms) {
    LimitSets sets = gateway.api.bean(LimitSets.class);
    long id = id(scope);
    sets.replace(scope, id, sets.read(scope, id).version(), terms);
  }

  private long id(LimitScope scope) {
    return switch (scope) {
      case ORGANIZATION -> caller.organizationId();
      case PROJECT -> caller.projectId();
      case KEY -> caller.keyId();
    };
  }

  private void clear() {
    for (LimitScope scope : LimitScope.values()) {
      set(scope, Map.of(LimitSet.ALL_MODELS, Terms.UNLIMITED));
      Await.until("it is known", () -> limits(scope).isEmpty());
    }
  }

  /** What is shown of a scope's limits. */
  private JsonNode limits(LimitScope scope) {
    var found = JsonMapper.shared().createArrayNode();
    JsonMapper.shared()
        .readTree(gateway.api.get("/v1/limits", key).body())
        .path("data")
        .forEach(
            limit -> {
              boolean money = limit.path("currency").isString();
              if (!money && limit.path("scope").asString().equals(scope.wire())) {
                found.add(limit);
              }
            });
    return found;
  }

  private int remainingTokens() {
    String wrong = "{\"model\":7}";
    return Integer.parseInt(
        header(gateway.postAs(key, "/v1/chat/completions", wrong), "remaining-tokens"));
  }

  private long held(String kind) {
    return gateway
        .api
        .bean(JdbcClient.class)
        .sql(
            """
            select coalesce(sum(granted), 0) from limit_lease l
            join limit_bucket b on b.id = l.bucket_id
            where b.kind = ? and b.scope = 'key' and b.scope_id = ?""")
        .params(kind, caller.keyId())
        .query(Long.class)
        .single();
  }

  private long admitted() {
    return gateway
        .api
        .bean(JdbcClient.class)
        .sql("select count(*) from usage_journal")
        .query(Long.class)
        .single();
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue("x-ratelimit-" + name).orElse("none");
  }
}
