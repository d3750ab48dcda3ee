package io.r1platform.api.relay;

import static io.r1platform.api.relay.Wire.r1;
import static io.r1platform.api.relay.Wire.usage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Answers whatever the gateway lets through; each organization's answers carry its secret. */
final class FuzzEngine {
  /** What a prompt says that shall be answered only when all is over. */
  static final String HELD = "wait for me";

  private final CountDownLatch over = new CountDownLatch(1);

  /** Lets held answers end. */
  void release() {
    over.countDown();
  }

  void reply(FakeEngine.Chat chat) throws IOException, InterruptedException {
    JsonNode body;
    try {
      body = JsonMapper.shared().readTree(chat.body());
    } catch (JacksonException e) {
      chat.error(400, "invalid_json", "no JSON for me");
      return;
    }
    String secret = "secret-" + chat.header("x-r1-tenant");
    boolean raw = chat.path().equals("/v1/completions");
    boolean stream = body.path("stream").asBoolean(false);
    if (new String(chat.body(), StandardCharsets.UTF_8).contains(HELD)) {
      held(chat, secret);
    } else if (chat.id().endsWith("7")) {
      chat.error(400, "context_length_exceeded", "Too long.");
    } else if (stream) {
      chat.stream()
          .write(Wire.KEEP_ALIVE + Wire.token(1, "reasoning_content", "We"))
          .write(": reasoning_tokens=2\n" + Wire.token(4, "content", secret))
          .write(Wire.finish(5, "stop") + Wire.usageChunk(2, 3, "stop") + Wire.DONE);
    } else if (raw) {
      chat.json()
          .write(
              """
              {"id":"cmpl-x","object":"text_completion","created":1,"model":"r1-nano",
               "choices":[{"index":0,"text":"%s","finish_reason":"stop"}],%s,%s}
              """
                  .formatted(secret, usage(0, 5), r1("stop")));
    } else {
      chat.json()
          .write(
              """
              {"id":"chatcmpl-x","object":"chat.completion","created":1,"model":"r1-nano",
               "choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant",
               "reasoning_content":"We","content":"%s"}}],%s,%s}
              """
                  .formatted(secret, usage(2, 3), r1("stop")));
    }
  }

  private void held(FakeEngine.Chat chat, String secret) throws IOException, InterruptedException {
    chat.stream().write(Wire.token(1, "content", secret));
    while (!over.await(5, TimeUnit.SECONDS)) {
      chat.write(": keep-alive\n");
    }
    chat.write(Wire.usageChunk(0, 1, "cancelled") + Wire.DONE);
  }
}
