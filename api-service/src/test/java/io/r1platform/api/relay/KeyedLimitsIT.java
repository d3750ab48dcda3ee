package io.r1platform.api.relay;

import static io.r1platform.api.relay.Wire.DONE;
import static io.r1platform.api.relay.Wire.finish;
import static io.r1platform.api.relay.Wire.token;
import static io.r1platform.api.relay.Wire.usageChunk;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What happens at the limits of what is kept. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeyedLimitsIT {
  private static final String STREAM =
      """
      {"model":"r1-nano","messages":[{"role":"user","content":"hi"}],"stream":true,
       "max_tokens":100}\
      """;
  private static final int ANSWER_LIMIT = 4 << 10;

  private Gateway gateway;
  private KeyedClient client;

  @BeforeAll
  void start() {
    gateway =
        new Gateway(
            Map.of(
                "r1.api.relay.count-wait", "5s",
                "r1.api.relay.answer-limit", ANSWER_LIMIT + "B",
                "r1.api.detached-limit", "3s",
                "r1.api.idempotency.project-rows", "2",
                "r1.api.idempotency.count-every", "0s"));
    client = new KeyedClient(gateway.api, gateway.key);
  }

  @BeforeEach
  void empty() {
    KeyedClient.awaitStored(gateway.api);
    gateway.api.bean(JdbcClient.class).sql("delete from idempotency").update();
  }

  @AfterAll
  void stop() {
    client.close();
    gateway.close();
  }

  @Test
  void stopsARunThatIsLeftAloneAndTellsWhatItCost() throws IOException {
    gateway.engine.does(
        chat -> {
          chat.stream().write(token(1, "content", "a"));
          chat.awaitCancel();
          chat.write(usageChunk(0, 3, "cancelled") + DONE);
        });
    HttpResponse<InputStream> first = client.open("alone", STREAM, 0);
    try (InputStream in = first.body()) {
      Gateway.readUntil(in, "\"a\"");
    }
    var entry = gateway.finalOf(Gateway.id(first));
    assertThat(entry.finish()).isEqualTo("client_disconnect");
    assertThat(entry.tokens().output()).isEqualTo(3);
    KeyedClient.awaitStored(gateway.api);
    HttpResponse<String> repeat = client.chat("alone", STREAM);
    assertThat(repeat.body())
        .startsWith(token(1, "content", "a"))
        .contains("\"request_cancelled\"")
        .contains("\"charged\":\"0.00001235\"")
        .doesNotContain("[DONE]");
    assertThat(gateway.engine.chats()).hasSize(1);
  }

  @Test
  void doesNotStopARunToWhichItsClientComesBack() throws IOException {
    var go = new CountDownLatch(1);
    gateway.engine.does(
        chat -> {
          chat.stream().write(token(1, "content", "a"));
          go.await(20, TimeUnit.SECONDS);
          chat.write(
              token(2, "content", "b") + finish(2, "stop") + usageChunk(0, 2, "stop") + DONE);
        });
    HttpResponse<InputStream> first = client.open("back", STREAM, 0);
    try (InputStream in = first.body()) {
      Gateway.readUntil(in, "\"a\"");
    }
    HttpResponse<InputStream> second = client.open("back", STREAM, 0);
    try (InputStream in = second.body()) {
      Gateway.readUntil(in, "\"a\"");
      go.countDown();
      assertThat(Gateway.readUntil(in, "[DONE]")).contains("\"b\"");
    }
    assertThat(gateway.finalOf(Gateway.id(first)).finish()).isEqualTo("stop");
    assertThat(gateway.engine.wasCancelled(Gateway.id(first))).isFalse();
  }

  @Test
  void givesATooLargeAnswerToItsReaderAndNeverRunsItAgain() {
    int tokens = 60;
    var text = new StringBuilder();
    for (int i = 1; i <= tokens; i++) {
      text.append(token(i, "content", "large " + i));
    }
    assertThat(text.length()).isGreaterThan(2 * ANSWER_LIMIT);
    gateway.engine.does(
        chat -> {
          chat.stream();
          for (int i = 1; i <= tokens; i++) {
            chat.write(token(i, "content", "large " + i));
          }
          chat.write(finish(tokens, "stop") + usageChunk(0, tokens, "stop") + DONE);
        });
    HttpResponse<String> first = client.chat("large", STREAM);
    assertThat(Wire.bare(first))
        .isEqualTo(text + finish(tokens, "stop") + "id: " + tokens + "\n" + DONE);
    KeyedClient.awaitStored(gateway.api);
    HttpResponse<String> repeat = client.chat("large", STREAM);
    assertThat(repeat.statusCode()).isEqualTo(409);
    assertThat(repeat.body()).contains("\"invalid_state\"").contains("\"charged\":\"0.00013718\"");
    assertThat(gateway.engine.chats()).hasSize(1);
  }

  @Test
  void takesNoMoreKeysOfAProjectThanItMayHaveAndStillRepeatsThose() throws IOException {
    gateway.engine.does(
        chat ->
            chat.stream()
                .write(token(1, "content", "a") + finish(1, "stop") + usageChunk(0, 1, "stop")));
    String one = client.chat("limit-1", STREAM).body();
    client.chat("limit-2", STREAM);
    HttpResponse<String> refused = client.chat("limit-3", STREAM);
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.body()).contains("\"rate_limit_exceeded\"").contains("\"charged\":\"0\"");
    assertThat(client.chat("limit-1", STREAM).body()).isEqualTo(one);
    assertThat(gateway.engine.chats()).hasSize(2);
  }
}
