package io.r1platform.api.relay;

import static io.r1platform.api.relay.Wire.DONE;
import static io.r1platform.api.relay.Wire.token;
import static io.r1platform.api.relay.Wire.usageChunk;
import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Await;
import io.r1platform.api.FakeBilling.Illness;
import io.r1platform.api.FakeLeases;
import io.r1platform.api.RunningApi;
import io.r1platform.api.holds.Holds;
import io.r1platform.api.money.Pico;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code POST /v1/quotes}, held against the admission of the same body. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QuotesIT {
  private static final String BODY =
      """
      {"model":"deepseek-reasoner", "messages":[{"role":"user","content":"hi, größer?"}],
       "stream":true, "max_tokens":10%s}\
      """;

  private Gateway gateway;
  private FakeLeases leases;

  @BeforeAll
  void start() {
    gateway = new Gateway(Map.of("r1.api.holds.sync-every", "100ms"));
    leases = gateway.billing.leases();
    gateway.engine.does(
        chat -> chat.stream().write(token(5, "content", "hi") + usageChunk(0, 5, "stop") + DONE));
    gateway.engine.counts(12);
  }

  @AfterAll
  void stop() {
    gateway.close();
  }

  @AfterEach
  void unlimited() {
    gateway.billing.become(Illness.NONE);
    for (String scope : Set.of("CREDIT", "PROJECT", "KEY")) {
      leases.unlimit(scope);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",\"n\":3",
        ",\"max_cost\":\"0.000085\"",
        ",\"n\":2,\"max_cost\":\"0.000123456789\"",
        ", \"tools\" : []  "
      })
  void itsMaximumIsTheHoldOfAnAdmissionOfTheSameBody(String fields) {
    String body = BODY.formatted(fields);
    JsonNode quote = quoted("{\"expected_output_tokens\":4, \"request\" :  " + body + " }");
    HttpResponse<String> chat = gateway.chat(body);
    assertThat(chat.statusCode()).isEqualTo(200);
    assertThat(chat.headers().firstValue("x-r1-cost-max"))
        .contains(quote.path("cost").path("maximum").asString());
    assertThat(gateway.engine.chats().getLast().header("x-r1-max-tokens"))
        .isEqualTo(Integer.toString(quote.path("max_output_tokens").asInt()));
    assertThat(gateway.engine.counted().getLast()).isEqualTo("r1-nano " + body);
  }

  @Test
  void tellsTheRangeAndThePriceItHoldsFor() {
    JsonNode quote =
        quoted("{\"request\":" + BODY.formatted("") + ",\"expected_output_tokens\":4}");
    assertThat(quote.path("object").asString()).isEqualTo("quote");
    assertThat(quote.path("model").asString()).isEqualTo("r1-nano");
    assertThat(quote.path("prompt_tokens").asInt()).isEqualTo(12);
    assertThat(quote.path("max_output_tokens").asInt()).isEqualTo(10);
    assertThat(quote.path("price_version").asString()).isEqualTo("pv_1");
    assertThat(quote.path("price_valid_until").isNull()).isTrue();
    assertThat(quote.path("currency").asString()).isEqualTo("USD");
    JsonNode cost = quote.path("cost");
    assertThat(cost.path("minimum").asString()).isEqualTo(decimal(12 * 140_000 + 2_190_000));
    assertThat(cost.path("expected").asString()).isEqualTo(decimal(12 * 550_000 + 4 * 2_190_000));
    assertThat(new BigDecimal(cost.path("maximum").asString()))
        .isGreaterThan(new BigDecimal(cost.path("expected").asString()));
  }

  @Test
  void theContextLeavesFewerTokensThanTheCap() {
    gateway.engine.counts(2_045);
    try {
      assertThat(quoted(request("")).path("max_output_tokens").asInt()).isEqualTo(3);
      gateway.engine.counts(2_048);
      assertRefused(request(""), 400, "context_length_exceeded");
    } finally {
      gateway.engine.counts(12);
    }
  }

  /** Where the caller expects nothing, what the project's requests had: five tokens each. */
  @Test
  void expectsTheMedianOfTheProject() {
    assertThat(gateway.chat(BODY.formatted("")).statusCode()).isEqualTo(200);
    String expected = decimal(12 * 550_000 + 5 * 2_190_000);
    Await.until(
        "the request is logged",
        () -> quoted(request("")).path("cost").path("expected").asString("").equals(expected));
    try (var fresh = new Gateway(Map.of())) {
      JsonNode quote = JsonMapper.shared().readTree(fresh.post("/v1/quotes", request("")).body());
      assertThat(quote.path("cost").path("expected").isNull()).isTrue();
    }
  }

  /** One pico decides, for the quote as for the admission. Nothing stays reserved. */
  @Test
  void isAffordableExactlyIfItWouldBeAdmitted() {
    long worst = pico(quoted(request("")).path("cost").path("maximum").asString());
    for (String scope : Set.of("PROJECT", "CREDIT")) {
      limit(scope, worst - 1);
      JsonNode dear = quoted(request(""));
      assertThat(dear.path("affordable").asBoolean(true)).isFalse();
      JsonNode binding = dear.path("binding_limit");
      assertThat(binding.path("scope").asString()).isEqualToIgnoringCase(scope);
      assertThat(binding.path("remaining").asString()).isEqualTo(decimal(worst - 1));
      assertThat(binding.path("binding").asBoolean(false)).isTrue();
      assertThat(gateway.chat(BODY.formatted("")).statusCode()).isEqualTo(402);

      limit(scope, worst);
      long leased = leases.leased(scope).longValue();
      assertThat(quoted(request("")).path("affordable").asBoolean(false)).isTrue();
      assertThat(leases.leased(scope).longValue()).isEqualTo(leased);
      assertThat(gateway.api.bean(Holds.class).openHolds()).isZero();
      assertThat(gateway.chat(BODY.formatted("")).statusCode()).isEqualTo(200);
      leases.unlimit(scope);
    }
  }

  @Test
  void refusesWhatTheChatWouldBeRefusedWith() {
    assertRefused("{}", 400, "missing_parameter");
    assertRefused("{\"request\":[]}", 400, "invalid_type");
    assertRefused("{\"request\":{", 400, "invalid_json");
    assertRefused("{\"request\":{\"model\":\"r1-nano\"}}", 400, "missing_parameter");
    assertRefused(request(",\"max_tokens\":1025"), 422, "invalid_value");
    assertRefused(request(",\"max_cost\":\"0.0000001\""), 422, "max_cost_too_low");
    assertRefused(request("").replace("deepseek-reasoner", "gpt-5"), 404, "model_not_found");
    assertRefused(
        "{\"request\":" + BODY.formatted("") + ",\"expected_output_tokens\":0}",
        422,
        "invalid_value");
  }

  @Test
  void saysLaterWhileBillingIsAway() {
    gateway.billing.become(Illness.DOWN);
    HttpResponse<String> away = gateway.post("/v1/quotes", request(""));
    assertThat(away.statusCode()).isEqualTo(503);
    assertThat(away.body()).contains("metering_unavailable", "\"charged\":\"0\"");
    assertThat(away.headers().firstValue("retry-after")).isPresent();
  }

  @Test
  void aModelThatOurOwnServerLoadsIsEnteredAndServedOnceItHasAPrice() {
    gateway.engine.has(
        """
        ,{"id":"distill","model_id":1001,"context_length":4096,"max_output_tokens":1024,
          "default_max_tokens":512,"capabilities":["reasoning"]},
         {"id":"impostor","model_id":2,"context_length":1,"max_output_tokens":1,
          "default_max_tokens":1},
         {"id":"Shouting","model_id":1002,"context_length":1,"max_output_tokens":1,
          "default_max_tokens":1}""");
    Await.until("it is listed", () -> model("distill").statusCode() == 200);

    JsonNode listed = JsonMapper.shared().readTree(model("distill").body());
    assertThat(listed.path("context_length").asInt()).isEqualTo(4096);
    assertThat(listed.has("price")).isFalse();
    assertThat(model("impostor").statusCode()).isEqualTo(404);
    assertThat(model("Shouting").statusCode()).isEqualTo(404);
    HttpResponse<String> refused =
        gateway.chat(BODY.formatted("").replace("deepseek-reasoner", "distill"));
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.body())
        .contains("metering_unavailable", "The model 'distill' has no price now")
        .contains("\"charged\":\"0\"");
    assertThat(gateway.api.get("/readyz", "").statusCode()).as("for the others").isEqualTo(200);

    gateway.engine.has("");
    Await.until("it is gone", () -> model("distill").statusCode() == 404);
    assertThat(model("r1-nano").statusCode()).isEqualTo(200);

    gateway.engine.has(
        """
        ,{"id":"distill","model_id":1003,"context_length":4096,"max_output_tokens":1024,
          "default_max_tokens":512},
         {"id":"later","model_id":1004,"context_length":4096,"max_output_tokens":1024,
          "default_max_tokens":512}""");
    Await.until("what it has now is known", () -> model("later").statusCode() == 200);
    assertThat(model("distill").statusCode()).as("the name, another number").isEqualTo(404);
    assertThat(gateway.chat(BODY.formatted("").replace("deepseek-reasoner", "distill")))
        .satisfies(run -> assertThat(run.statusCode()).isEqualTo(404));
    gateway.engine.has("");
    Await.until("it is gone", () -> model("later").statusCode() == 404);
  }

  /** Else nobody could publish its price: that goes by way of the gateway. */
  @Test
  void aFreshGatewayIsReadyThoughItsOnlyModelHasNoPrice() {
    gateway.engine.unloads(true);
    gateway.engine.has(
        """
        ,{"id":"alone","model_id":1011,"context_length":4096,"max_output_tokens":1024,
          "default_max_tokens":512}""");
    var settings =
        Map.of(
            "r1.api.upstreams.inference-url", gateway.engine.url(),
            "r1.api.billing.url", gateway.billing.url(),
            "r1.api.metering.replica-id", "2");
    try (RunningApi fresh = RunningApi.start(gateway.database, settings)) {
      Await.until(
          "it is known",
          () -> {
            String listed = fresh.get("/v1/models", gateway.key).body();
            return listed.contains("\"alone\"") && !listed.contains("\"r1-nano\"");
          });
      Await.until("it is ready", () -> fresh.get("/readyz", "").statusCode() == 200);
    } finally {
      gateway.engine.unloads(false);
      gateway.engine.has("");
      Await.until("as before", () -> model("r1-nano").statusCode() == 200);
    }
  }

  private HttpResponse<String> model(String name) {
    return gateway.api.get("/v1/models/" + name, gateway.key);
  }

  @Test
  void refusesARevokedKey() {
    String key = gateway.issueKey();
    assertThat(gateway.postAs(key, "/v1/quotes", request("")).statusCode()).isEqualTo(200);
    gateway.revokeLastKey();
    Await.until(
        "the revocation",
        () -> gateway.postAs(key, "/v1/quotes", request("")).body().contains("key_revoked"));
  }

  /** Waits until this gateway knows of the new budget and has given back what it leased. */
  private void limit(String scope, long pico) {
    leases.recallAll();
    Await.until(
        "everything is back",
        () -> {
          leases.recallAll();
          return leases.leased("CREDIT").signum() == 0;
        });
    leases.limit(scope, pico, null);
    int before = leases.syncs();
    Await.until("two heartbeats", () -> leases.syncs() > before + 2);
  }

  private static String request(String fields) {
    return "{\"request\":" + BODY.formatted(fields) + "}";
  }

  private JsonNode quoted(String body) {
    HttpResponse<String> answer = gateway.post("/v1/quotes", body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JsonMapper.shared().readTree(answer.body());
  }

  private void assertRefused(String body, int status, String code) {
    HttpResponse<String> response = gateway.post("/v1/quotes", body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.body()).contains("\"code\":\"" + code + "\"", "\"charged\":\"0\"");
  }

  private static String decimal(long pico) {
    return new Pico(pico).decimal();
  }

  private static long pico(String decimal) {
    return Pico.ofDecimal(decimal).value();
  }
}
