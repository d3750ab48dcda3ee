package io.r1platform.api.relay;

import static io.r1platform.api.relay.Wire.DONE;
import static io.r1platform.api.relay.Wire.finish;
import static io.r1platform.api.relay.Wire.token;
import static io.r1platform.api.relay.Wire.usageChunk;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** An engine that hangs, though its connection stands, does not keep its client for an hour. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SilenceIT {
  private static final String CHAT =
      """
      {"model":"r1-nano","messages":[{"role":"user","content":"hi"}]%s}""";
  private final CountDownLatch over = new CountDownLatch(1);
  private Gateway gateway;

  @BeforeAll
  void start() {
    gateway =
        new Gateway(
            Map.of("r1.api.relay.engine-silence", "1s", "r1.api.relay.count-wait", "100ms"));
  }

  @AfterAll
  void stop() {
    over.countDown();
    gateway.close();
  }

  @Test
  void endsAStreamInWhichTheEngineFallsSilent() {
    gateway.engine.does(
        chat -> {
          chat.stream().write(token(1, "content", "9"));
          over.await();
        });
    HttpResponse<String> response = gateway.chat(CHAT.formatted(",\"stream\":true"));
    assertThat(response.body()).contains("\"content\":\"9\"", "\"code\":\"engine_failed\"");
    assertThat(gateway.finalOf(Gateway.id(response)).finish()).isEqualTo("engine_error");
    assertThat(gateway.engine.wasCancelled(Gateway.id(response).toString())).isTrue();
  }

  @Test
  void endsARequestThatTheEngineNeverAnswers() {
    gateway.engine.does(chat -> over.await());
    HttpResponse<String> response = gateway.chat(CHAT.formatted(""));
    assertThat(response.statusCode()).isEqualTo(502);
    assertThat(response.body()).contains("\"code\":\"engine_failed\"", "\"charged\":\"0\"");
    assertThat(gateway.finalOf(Gateway.id(response)).finish()).isEqualTo("engine_error");
  }

  @Test
  void letsAnEngineThinkThatSaysItLives() {
    gateway.engine.does(
        chat -> {
          chat.stream();
          for (int i = 0; i < 15; i++) {
            chat.write(": keep-alive\n\n");
            new CountDownLatch(1).await(100, java.util.concurrent.TimeUnit.MILLISECONDS);
          }
          chat.write(
              token(1, "content", "9") + finish(1, "stop") + usageChunk(0, 1, "stop") + DONE);
        });
    HttpResponse<String> response = gateway.chat(CHAT.formatted(",\"stream\":true"));
    assertThat(response.body()).contains("\"content\":\"9\"", "[DONE]");
  }
}
