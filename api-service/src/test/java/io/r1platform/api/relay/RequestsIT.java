package io.r1platform.api.relay;

import static io.r1platform.api.relay.Wire.DONE;
import static io.r1platform.api.relay.Wire.token;
import static io.r1platform.api.relay.Wire.usageChunk;
import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Await;
import io.r1platform.api.FakeBilling.Illness;
import io.r1platform.api.RunningApi;
import io.r1platform.api.keys.Keys;
import io.r1platform.api.tenants.Tenants;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code /v1/requests/{id}}: its state, and its cancellation. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RequestsIT {
  private static final String STREAM =
      """
      {"model":"r1-nano","messages":[{"role":"user","content":"hi"}],"stream":true}\
      """;

  private Gateway gateway;
  private String stranger;
  private String sibling;

  @BeforeAll
  void start() {
    gateway = new Gateway(Map.of());
    Tenants tenants = gateway.api.bean(Tenants.class);
    long other = tenants.createOrganization("Other", 1).id();
    Keys keys = gateway.api.bean(Keys.class);
    stranger = keys.issue(tenants.createProject(other, "P").id(), "x", null).secret();
    sibling =
        keys.issue(tenants.createProject(gateway.organizationId, "Second").id(), "x", null)
            .secret();
    Await.until("keys", () -> gateway.api.get("/v1/models", sibling).statusCode() == 200);
  }

  @AfterAll
  void stop() {
    gateway.close();
  }

  @Test
  void tellsWhatARequestCameToAlsoWhileBillingIsAway() {
    gateway.engine.does(
        chat -> chat.stream().write(token(5, "content", "a") + usageChunk(2, 3, "stop") + DONE));
    String id = Gateway.id(gateway.chat(STREAM));
    gateway.billing.become(Illness.DOWN);
    try {
      JsonNode request = json(gateway.get("/v1/requests/" + id));
      assertThat(request.path("id").asString()).isEqualTo(id);
      assertThat(request.path("status").asString()).isEqualTo("completed");
      assertThat(request.path("finish").asString()).isEqualTo("stop");
      assertThat(request.path("model").asString()).isEqualTo("r1-nano");
      assertThat(request.path("cost").asString()).isEqualTo("0.00001673");
      assertThat(request.path("currency").asString()).isEqualTo("USD");
      assertThat(request.path("price_version").asString()).isEqualTo("pv_1");
      assertThat(request.path("usage").path("prompt_tokens").asInt()).isEqualTo(12);
      assertThat(request.path("usage").path("completion_tokens").asInt()).isEqualTo(5);
      assertThat(request.path("created_at").asString()).isEqualTo(RunningApi.START.toString());
      assertThat(json(gateway.get("/v1/requests/chatcmpl-" + id))).isEqualTo(request);
    } finally {
      gateway.billing.become(Illness.NONE);
    }
  }

  @Test
  void tellsWhatItsCallerCalledItAndNobodyElse() {
    gateway.engine.does(chat -> chat.stream().write(usageChunk(2, 3, "stop") + DONE));
    String labels =
        STREAM.replaceFirst(
            "\\{",
            "{\"user_id\":\"u-7\",\"user\":\"x\",\"metadata\":{\"run\":\"ü 1\",\"a\":\"\"},");
    HttpResponse<String> response =
        gateway.api.send(
            HttpRequest.newBuilder(gateway.api.uri("/v1/chat/completions"))
                .header("Authorization", "Bearer " + gateway.key)
                .header("Content-Type", "application/json")
                .header("X-Request-Id", "of-a-proxy")
                .header("X-Client-Request-Id", "mine-1")
                .POST(HttpRequest.BodyPublishers.ofString(labels)));
    String id = Gateway.id(response);
    assertThat(id).isNotEqualTo("mine-1");
    JsonNode request = json(gateway.get("/v1/requests/" + id));
    assertThat(request.path("client_reference").asString()).isEqualTo("mine-1");
    assertThat(request.path("end_user").asString()).isEqualTo("u-7");
    assertThat(request.path("metadata").toString()).isEqualTo("{\"run\":\"ü 1\",\"a\":\"\"}");
    assertThat(gateway.api.get("/v1/requests/" + id, sibling).statusCode()).isEqualTo(404);
    assertThat(gateway.engine.chats().getLast().header("x-r1-cache-user")).matches("[0-9a-f]{16}");
  }

  @Test
  void refusesLabelsThatAreTooLongAndNamesTheField() {
    HttpResponse<String> refused =
        gateway.chat(
            STREAM.replaceFirst("\\{", "{\"metadata\":{\"%s\":\"\"},".formatted("k".repeat(65))));
    assertThat(refused.statusCode()).isEqualTo(422);
    assertThat(refused.body()).contains("\"param\":\"metadata\"", "\"charged\":\"0\"");
  }

  @Test
  void cancelEndsTheStreamWithWhatIsCharged() throws IOException {
    gateway.engine.does(
        chat -> {
          var stream = chat.stream().write(token(5, "content", "a"));
          chat.awaitCancel();
          stream.write(usageChunk(0, 7, "cancelled"));
        });
    HttpResponse<InputStream> running = gateway.open(STREAM);
    String id = Gateway.id(running);
    try (InputStream stream = running.body()) {
      Gateway.readUntil(stream, "\n\n");
      JsonNode request =
          Await.value(
              "the request is known",
              () -> {
                var found = gateway.get("/v1/requests/" + id);
                return found.statusCode() == 200 ? json(found) : null;
              });
      assertThat(request.path("status").asString()).isEqualTo("running");
      assertThat(request.path("usage").isNull()).isTrue();

      for (String key : new String[] {stranger, sibling}) {
        assertThat(gateway.api.get("/v1/requests/" + id, key).statusCode()).isEqualTo(404);
        assertThat(gateway.postAs(key, cancel(id), "").statusCode()).isEqualTo(404);
      }
      assertThat(gateway.engine.wasCancelled(id)).isFalse();

      HttpResponse<String> cancelled = gateway.post(cancel(id), "");
      assertThat(cancelled.statusCode()).isEqualTo(202);
      assertThat(cancelled.body())
          .isEqualTo(
              "{\"id\":\"%s\",\"object\":\"request\",\"status\":\"cancelling\"}".formatted(id));
      assertThat(Gateway.readUntil(stream, "\n\n"))
          .contains("request_cancelled", "\"usage\":{", "\"charged\":\"0.00002111\"");
    }
    assertThat(gateway.finalOf(id).finish()).isEqualTo("cancelled");
    assertThat(json(gateway.get("/v1/requests/" + id)).path("status").asString())
        .isEqualTo("cancelled");
    HttpResponse<String> again = gateway.post(cancel(id), "");
    assertThat(again.statusCode()).isEqualTo(409);
    assertThat(again.body()).contains("invalid_state");
  }

  @Test
  void whatDoesNotExistLooksLikeWhatIsNotOurs() {
    for (String id : new String[] {"x", UUID.randomUUID().toString()}) {
      HttpResponse<String> unknown = gateway.get("/v1/requests/" + id);
      assertThat(unknown.statusCode()).isEqualTo(404);
      assertThat(unknown.body()).contains("\"code\":\"not_found\"");
      assertThat(gateway.post(cancel(id), "").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void refusesARevokedKey() {
    String key = gateway.issueKey();
    String path = "/v1/requests/" + UUID.randomUUID();
    assertThat(gateway.api.get(path, key).statusCode()).isEqualTo(404);
    gateway.revokeLastKey();
    Await.until("the revocation", () -> gateway.api.get(path, key).body().contains("key_revoked"));
    assertThat(gateway.postAs(key, path + "/cancel", "").statusCode()).isEqualTo(401);
  }

  private static String cancel(String id) {
    return "/v1/requests/" + id + "/cancel";
  }

  private static JsonNode json(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JsonMapper.shared().readTree(response.body());
  }
}
