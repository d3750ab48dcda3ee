package io.r1platform.api.relay;

import static io.r1platform.api.relay.Wire.DONE;
import static io.r1platform.api.relay.Wire.finish;
import static io.r1platform.api.relay.Wire.r1;
import static io.r1platform.api.relay.Wire.token;
import static io.r1platform.api.relay.Wire.usage;
import static io.r1platform.api.relay.Wire.usageChunk;
import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Await;
import io.r1platform.api.RunningApi;
import io.r1platform.api.keys.IssuedKey;
import io.r1platform.api.keys.KeyTerms;
import io.r1platform.api.keys.Keys;
import io.r1platform.api.keys.Rights;
import io.r1platform.api.keys.Scope;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the terms of a key mean for requests that run, and for answers that are there already. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeyTermsOfRunsIT {
  private static final String BODY =
      "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

  private Gateway gateway;
  private Keys keys;
  private long projectId;

  @BeforeAll
  void start() {
    gateway = new Gateway(Map.of());
    keys = gateway.api.bean(Keys.class);
    projectId = gateway.caller().projectId();
  }

  @AfterAll
  void stop() {
    gateway.close();
  }

  @Test
  void aStoredAnswerIsNotForAKeyWithoutItsModel() {
    gateway.engine.does(
        chat ->
            chat.json().write("{\"choices\":[{\"x\":1}]," + usage(4, 1) + "," + r1("stop") + "}"));
    Rights other = new Rights(Set.of(Scope.INFERENCE), Set.of("deepseek-r1"), List.of());
    String foreign = keys.issue(projectId, new KeyTerms("foreign", null, other)).secret();
    try (var owner = new KeyedClient(gateway.api, gateway.key);
        var stranger = new KeyedClient(gateway.api, foreign)) {
      assertThat(owner.chat("answer-1", BODY.formatted("r1-nano")).statusCode()).isEqualTo(200);
      KeyedClient.awaitStored(gateway.api);
      for (String name : List.of("r1-nano", "gpt-5")) {
        HttpResponse<String> answer = stranger.chat("answer-1", BODY.formatted(name));
        assertThat(answer.statusCode()).as(answer.body()).isIn(404, 409);
        assertThat(answer.body()).doesNotContain("\"x\":1");
      }
      assertThat(stranger.chat("answer-1", BODY.formatted("r1-nano")).body())
          .contains("model_not_found");
    }
    assertThat(gateway.engine.chats()).hasSize(1);
  }

  /** A model that was withdrawn is not everybody's by that, and its answers are kept. */
  @Test
  void aStoredAnswerOfAWithdrawnModelIsNotForAKeyWithoutItEither() {
    gateway.engine.does(
        chat ->
            chat.json().write("{\"choices\":[{\"x\":1}]," + usage(4, 1) + "," + r1("stop") + "}"));
    Rights other = new Rights(Set.of(Scope.INFERENCE), Set.of("deepseek-r1"), List.of());
    String foreign = keys.issue(projectId, new KeyTerms("foreign to it", null, other)).secret();
    try (var owner = new KeyedClient(gateway.api, gateway.key);
        var stranger = new KeyedClient(gateway.api, foreign)) {
      assertThat(owner.chat("answer-2", BODY.formatted("r1-nano")).statusCode()).isEqualTo(200);
      KeyedClient.awaitStored(gateway.api);
      serve(false);
      HttpResponse<String> refused = stranger.chat("answer-2", BODY.formatted("r1-nano"));
      assertThat(refused.statusCode()).as(refused.body()).isEqualTo(404);
      assertThat(refused.body()).contains("model_not_found").doesNotContain("\"x\":1");
      HttpResponse<String> replayed = owner.chat("answer-2", BODY.formatted("r1-nano"));
      assertThat(replayed.body()).contains("\"x\":1");
      assertThat(replayed.headers().firstValue("x-r1-replayed")).contains("true");
    } finally {
      serve(true);
    }
    assertThat(gateway.engine.chats()).hasSize(1);
  }

  private void serve(boolean served) {
    gateway.engine.unloads(!served);
    Await.until(
        "the catalogue says so",
        () -> gateway.get("/v1/models").body().contains("\"r1-nano\"") == served);
  }

  @Test
  void aKeyThatExpiresLetsItsStreamEnd() throws IOException {
    IssuedKey issued = keys.issue(projectId, "short", Duration.ofSeconds(60));
    var go = new CountDownLatch(1);
    gateway.engine.does(
        chat -> {
          chat.stream().write(token(1, "reasoning_content", "We"));
          go.await(20, TimeUnit.SECONDS);
          chat.write(token(2, "content", "end"))
              .write(finish(2, "stop") + usageChunk(1, 1, "stop") + DONE);
        });
    String stream = BODY.formatted("r1-nano").replace("{\"model\"", "{\"stream\":true,\"model\"");
    HttpResponse<InputStream> answer = gateway.open(stream, issued.secret());
    assertThat(answer.headers().firstValue("x-r1-key-expires"))
        .contains(RunningApi.START.plusSeconds(60).toString());
    try (InputStream body = answer.body()) {
      Gateway.readUntil(body, "We");
      gateway.api.clock().set(RunningApi.START.plusSeconds(61));
      assertThat(gateway.chatAs(issued.secret(), stream).body()).contains("key_expired");
      go.countDown();
      assertThat(Gateway.readUntil(body, "[DONE]")).contains("end");
    } finally {
      gateway.api.clock().set(RunningApi.START);
    }
  }
}
