package io.r1platform.api.relay;

import static io.r1platform.api.relay.Wire.DONE;
import static io.r1platform.api.relay.Wire.token;
import static io.r1platform.api.relay.Wire.usageChunk;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** When a request is admitted, as its id and its records say it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdmissionIT {
  private static final String STREAM =
      """
      {"model":"r1-nano","messages":[{"role":"user","content":"hi"}],"stream":true}""";

  private Gateway gateway;

  @BeforeAll
  void start() {
    gateway = new Gateway(Map.of());
  }

  @AfterAll
  void stop() {
    gateway.close();
  }

  /** A slow body across midnight: the id's day must be the day that is charged. */
  @Test
  void datesTheEventByItsAdmissionNotItsArrival() throws IOException {
    gateway.engine.does(
        chat -> chat.stream().write(token(5, "content", "hi") + usageChunk(0, 5, "stop") + DONE));
    byte[] body = STREAM.getBytes(StandardCharsets.UTF_8);
    URI at = gateway.api.uri("/v1/chat/completions");
    try (var socket = new Socket(at.getHost(), at.getPort())) {
      socket
          .getOutputStream()
          .write(
              """
              POST /v1/chat/completions HTTP/1.1\r
              Host: localhost\r
              Authorization: Bearer %s\r
              Content-Type: application/json\r
              Content-Length: %d\r
              Expect: 100-continue\r
              Connection: close\r
              \r
              """
                  .formatted(gateway.key, body.length)
                  .getBytes(StandardCharsets.UTF_8));
      assertThat(Gateway.readUntil(socket.getInputStream(), "\r\n\r\n")).contains(" 100 ");
      gateway.api.clock().advance(Duration.ofMillis(250));
      socket.getOutputStream().write(body);
      String answer = Gateway.readUntil(socket.getInputStream(), "[DONE]");
      String id = answer.replaceAll("(?is).*x-request-id: (\\S+).*", "$1");
      long minted = UUID.fromString(id).getMostSignificantBits() >>> 16;
      assertThat(minted).isEqualTo(gateway.api.clock().millis());
      assertThat(gateway.finalOf(id).admittedAt().toEpochMilli()).isEqualTo(minted);
    }
  }

  /**
   * Threads: getlago/lago-agent-toolkit#65, litellm#28376. A client that sends the same ids again
   * gets two events, and neither takes the other's place.
   */
  @Test
  void serverMintsIds() {
    gateway.engine.does(
        chat -> chat.stream().write(token(5, "content", "hi") + usageChunk(0, 5, "stop") + DONE));
    String mine = "0190163d-8694-739b-aea5-966c26f8ad91";
    var ids = new HashSet<String>();
    for (int i = 0; i < 2; i++) {
      var answer =
          gateway.api.send(
              HttpRequest.newBuilder(gateway.api.uri("/v1/chat/completions"))
                  .header("Authorization", "Bearer " + gateway.key)
                  .header("Content-Type", "application/json")
                  .header("x-request-id", mine)
                  .header("x-r1-event-id", mine)
                  .POST(HttpRequest.BodyPublishers.ofString(STREAM)));
      assertThat(answer.statusCode()).isEqualTo(200);
      ids.add(Gateway.id(answer));
    }
    assertThat(ids).hasSize(2).doesNotContain(mine);
    for (String id : ids) {
      gateway.finalOf(id);
      assertThat(gateway.rows(id, "A") + gateway.rows(id, "F")).isEqualTo(2);
    }
    assertThat(gateway.rows(mine, "F")).isZero();
  }
}
