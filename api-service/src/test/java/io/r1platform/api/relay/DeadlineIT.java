package io.r1platform.api.relay;

import static io.r1platform.api.relay.Wire.DONE;
import static io.r1platform.api.relay.Wire.finish;
import static io.r1platform.api.relay.Wire.r1;
import static io.r1platform.api.relay.Wire.token;
import static io.r1platform.api.relay.Wire.usage;
import static io.r1platform.api.relay.Wire.usageChunk;
import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Await;
import io.r1platform.api.prices.Tokens;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What is charged when the gateway's own time limit passes: what the engine counted. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeadlineIT {
  private static final String JSON =
      """
      {"model":"r1-nano","messages":[{"role":"user","content":"hi"}]%s}""";
  private static final int TOKENS = 500;

  private Gateway gateway;

  @BeforeAll
  void start() {
    gateway = new Gateway(Map.of("r1.api.relay.deadline", "3s", "r1.api.relay.count-wait", "20s"));
  }

  @AfterAll
  void stop() {
    gateway.close();
  }

  @Test
  void passesTheCallersTimeoutOnOrRefusesIt() {
    gateway.engine.does(chat -> chat.stream().write(usageChunk(0, 0, "stop") + DONE));
    assertThat(chatWithin("1.5").statusCode()).isEqualTo(200);
    assertThat(gateway.engine.chats().getLast().header("x-r1-timeout")).isEqualTo("1.500");
    int sent = gateway.engine.chats().size();
    for (String none : List.of("0", "-1", "3600.001", "1e3", "soon", "9999", "")) {
      HttpResponse<String> refused = chatWithin(none);
      assertThat(refused.statusCode()).as("timeout %s", none).isEqualTo(422);
      assertThat(refused.body()).contains("\"param\":\"x-r1-timeout\"", "Nothing was charged");
    }
    assertThat(gateway.engine.chats()).hasSize(sent);
  }

  /** The engine ends each of them as at its cap; what it generated of all is charged. */
  @Test
  void severalChoicesHaveOneTimeout() {
    gateway.engine.does(
        chat ->
            chat.stream()
                .write(token(3, "content", "a") + finish(3, "length"))
                .write(finish(5, "length") + usageChunk(0, 5, "length") + DONE));
    HttpResponse<String> answer = chatWithin("1.5", ",\"stream\":true,\"n\":2");
    assertThat(answer.body()).endsWith(DONE);
    FakeEngine.Chat asked = gateway.engine.chats().getLast();
    assertThat(asked.header("x-r1-timeout")).isEqualTo("1.500");
    assertThat(new String(asked.body(), StandardCharsets.UTF_8)).contains("\"n\":2");
    var entry = gateway.finalOf(Gateway.id(answer));
    assertThat(entry.finish()).isEqualTo("length");
    assertThat(entry.tokens()).isEqualTo(new Tokens(2, 10, 0, 5));
  }

  @Test
  void whoRanOutOfItsOwnTimeIsNotToldToRepeat() {
    gateway.engine.does(
        chat -> {
          gateway.api.clock().advance(Duration.ofSeconds(2));
          chat.error(504, "queue_timeout", "It waited too long. Send it again.");
        });
    HttpResponse<String> own = chatWithin("1.5");
    assertThat(own.statusCode()).isEqualTo(504);
    assertThat(own.headers().firstValue("x-should-retry")).contains("false");
    assertThat(own.body()).contains("x-r1-timeout", "\"charged\":\"0\"");
    HttpResponse<String> ours = chatWithin("60");
    assertThat(ours.statusCode()).isEqualTo(504);
    assertThat(ours.headers().firstValue("x-should-retry")).contains("true");
  }

  private HttpResponse<String> chatWithin(String timeout) {
    return chatWithin(timeout, ",\"stream\":true");
  }

  private HttpResponse<String> chatWithin(String timeout, String more) {
    return gateway.api.send(
        HttpRequest.newBuilder(gateway.api.uri("/v1/chat/completions"))
            .header("Authorization", "Bearer " + gateway.key)
            .header("Content-Type", "application/json")
            .header("x-r1-timeout", timeout)
            .POST(HttpRequest.BodyPublishers.ofString(JSON.formatted(more))));
  }

  @Test
  void awaitsTheCountOfAnEngineThatStopsOnlyWhenItIsTold() {
    gateway.engine.does(
        chat -> {
          chat.awaitCancel();
          chat.failure(
              409,
              "{\"error\":{\"message\":\"Cancelled.\",\"code\":\"request_cancelled\"},"
                  + usage(4, 1)
                  + ","
                  + r1("cancelled")
                  + ",\"partial\":{\"content\":\"9\"}}");
        });
    HttpResponse<String> response = gateway.chat(JSON.formatted(""));
    assertThat(response.statusCode()).isEqualTo(504);
    assertThat(response.body())
        .contains("\"code\":\"deadline_exceeded\"", "\"partial\":{", "\"usage\":{");
    var entry = gateway.finalOf(Gateway.id(response));
    assertThat(entry.finish()).isEqualTo("deadline");
    assertThat(entry.tokens()).isEqualTo(new Tokens(2, 10, 4, 1));
    assertThat(gateway.flags(Gateway.id(response)) & 4).as("the engine's count").isZero();
  }

  @Test
  void chargesWholeAnswersThatTheClientDoesNotRead() throws IOException {
    gateway.engine.does(
        chat -> {
          chat.stream();
          for (int i = 1; i <= TOKENS; i++) {
            chat.write(token(i, "content", "x".repeat(64 << 10)));
          }
          chat.write(finish(TOKENS, "stop") + usageChunk(0, TOKENS, "stop") + DONE);
        });
    byte[] body = JSON.formatted(",\"stream\":true").getBytes(StandardCharsets.UTF_8);
    URI at = gateway.api.uri("/v1/chat/completions");
    try (var socket = new Socket()) {
      socket.setReceiveBufferSize(8 << 10);
      socket.connect(new InetSocketAddress(at.getHost(), at.getPort()));
      socket
          .getOutputStream()
          .write(
              """
              POST /v1/chat/completions HTTP/1.1\r
              Host: localhost\r
              Authorization: Bearer %s\r
              Content-Type: application/json\r
              Content-Length: %d\r
              \r
              %s"""
                  .formatted(gateway.key, body.length, new String(body, StandardCharsets.UTF_8))
                  .getBytes(StandardCharsets.UTF_8));
      Await.until("the engine's call", () -> !gateway.engine.chats().isEmpty());
      var entry = gateway.finalOf(gateway.engine.chats().getFirst().id());
      assertThat(entry.tokens().answer()).isEqualTo(TOKENS);
      assertThat(entry.finish()).isEqualTo("stop");
    }
  }
}
