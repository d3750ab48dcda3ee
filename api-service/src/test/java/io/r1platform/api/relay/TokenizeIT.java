package io.r1platform.api.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Await;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** {@code POST /v1/tokenize} at the gateway. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TokenizeIT {
  private static final String INPUT = "{\"model\":\"deepseek-reasoner\",\"input\":\"hello\"}";

  private Gateway gateway;

  @BeforeAll
  void start() {
    gateway = new Gateway(Map.of());
  }

  @AfterAll
  void stop() {
    gateway.close();
  }

  @Test
  void passesTheEnginesCountOfTheModelBehindAnAlias() {
    gateway.engine.counts(7);
    HttpResponse<String> counted = gateway.post("/v1/tokenize", INPUT);
    assertThat(counted.statusCode()).isEqualTo(200);
    assertThat(counted.body())
        .isEqualTo(
            "{\"object\":\"token_count\",\"model\":\"r1-nano\",\"tokens\":7,\"template_tokens\":4}");
    assertThat(gateway.engine.counted()).contains("r1-nano " + INPUT);
    assertThat(counted.headers().firstValue("x-request-id")).isPresent();
    assertThat(counted.headers().firstValue("x-r1-cost-max")).isEmpty();
  }

  @Test
  void saysWhatTheEngineRefused() {
    HttpResponse<String> refused =
        gateway.post("/v1/tokenize", "{\"model\":\"r1-nano\",\"input\":7}");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body())
        .contains("\"code\":\"invalid_type\"", "\"param\":\"input\"", "\"charged\":\"0\"");
    assertThat(refused.headers().firstValue("x-should-retry")).contains("false");
  }

  @Test
  void refusesWhatNeedsNoEngine() {
    int before = gateway.engine.counted().size();
    assertRefused("", 400, "invalid_json");
    assertRefused("[]", 400, "invalid_json");
    assertRefused("{\"input\":\"x\"}", 400, "missing_parameter");
    assertRefused("{\"model\":7,\"input\":\"x\"}", 400, "invalid_type");
    assertRefused("{\"model\":\"gpt-5\",\"input\":\"x\"}", 404, "model_not_found");
    assertRefused(
        "{\"model\":\"r1-nano\",\"input\":\"" + "x".repeat(4 << 20) + "\"}",
        413,
        "request_too_large");
    assertThat(gateway.engine.counted()).hasSize(before);
  }

  @Test
  void refusesARevokedKey() {
    String key = gateway.issueKey();
    assertThat(gateway.postAs(key, "/v1/tokenize", INPUT).statusCode()).isEqualTo(200);
    gateway.revokeLastKey();
    Await.until(
        "the revocation", () -> gateway.postAs(key, "/v1/tokenize", INPUT).statusCode() == 401);
    assertThat(gateway.postAs(key, "/v1/tokenize", INPUT).body()).contains("key_revoked");
  }

  @Test
  void saysLaterWhileTheEngineIsAway() {
    try (var alone = new Gateway(Map.of())) {
      alone.engine.close();
      HttpResponse<String> away = alone.post("/v1/tokenize", INPUT);
      assertThat(away.statusCode()).isEqualTo(503);
      assertThat(away.body()).contains("\"code\":\"engine_unavailable\"");
      assertThat(away.headers().firstValue("x-should-retry")).contains("true");
      assertThat(away.headers().firstValue("retry-after")).contains("2");
    }
  }

  private void assertRefused(String body, int status, String code) {
    HttpResponse<String> response = gateway.post("/v1/tokenize", body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.body()).contains("\"code\":\"" + code + "\"", "\"charged\":\"0\"");
  }
}
