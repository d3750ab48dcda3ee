package io.r1platform.api.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIServiceException;
import com.openai.errors.RateLimitException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import io.r1platform.api.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * OpenAI's own clients for Java and Node where the server refuses, lets them wait or fails: each
 * sees its own exceptions, and comes again by itself only where that can help.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClientRefusalsIT {
  private static final String MODEL = "r1-nano";
  private static final int WAITS = 3;

  /** What has been refused once. */
  private final Set<String> refused = ConcurrentHashMap.newKeySet();

  private Gateway gateway;
  private Gateway poor;
  private OpenAIClient once;

  @BeforeAll
  void start() {
    gateway = new Gateway(Map.of());
    gateway.engine.does(this::reply);
    poor = new Gateway(Map.of());
    poor.billing.leases().limit("KEY", 1, "2026-12-01T00:00:00Z");
    Await.until(
        "the budget binds",
        () ->
            poor.chat(
                        "{\"model\":\"r1-nano\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}")
                    .statusCode()
                == 402);
    once = client(gateway, 0);
  }

  @AfterAll
  void stop() {
    once.close();
    poor.close();
    gateway.close();
  }

  private static OpenAIClient client(Gateway at, int retries) {
    return OpenAIOkHttpClient.builder()
        .baseUrl(at.api.uri("/v1").toString())
        .apiKey(at.key)
        .maxRetries(retries)
        .build();
  }

  /** Half a minute in the queue, as the engine's server tells it: a sign of life every 10 s. */
  private static void queue(FakeEngine.Chat chat, String sign)
      throws IOException, InterruptedException {
    for (int n = 0; n < WAITS; n++) {
      chat.write(sign);
      new CountDownLatch(1).await(10, TimeUnit.SECONDS);
    }
  }

  private void reply(FakeEngine.Chat chat) throws IOException, InterruptedException {
    JsonNode body = JsonMapper.shared().readTree(chat.body());
    String question = body.path("messages").get(0).path("content").asString();
    boolean stream = body.path("stream").asBoolean(false);
    if (question.equals("full always")
        || (question.startsWith("full once") && refused.add(question))) {
      chat.error(429, "queue_full", "Your requests fill the queue.", 1);
    } else if (question.equals("break")) {
      chat.stream().write(Wire.token(1, "content", "half"));
    } else if (stream) {
      chat.stream();
      queue(chat, Wire.KEEP_ALIVE);
      chat.write(Wire.token(2, "content", "at last"))
          .write(Wire.finish(2, "stop") + Wire.usageChunk(0, 2, "stop") + Wire.DONE);
    } else {
      chat.json();
      if (question.equals("queue")) {
        queue(chat, "\n");
      }
      chat.write(
          """
              {"id":"chatcmpl-x","object":"chat.completion","created":1,"model":"r1-nano",
               "choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant",
               "content":"at last"}}],%s,%s}
              """
              .formatted(Wire.usage(0, 2), Wire.r1("stop")));
    }
  }

  private static ChatCompletionCreateParams ask(String question) {
    return ChatCompletionCreateParams.builder().model(MODEL).addUserMessage(question).build();
  }

  @Test
  void javaSees402AndDoesNotComeAgain() {
    int before = poor.billing.leases().asks();
    OpenAIClient client = client(poor, 2);
    assertThatExceptionOfType(OpenAIServiceException.class)
        .isThrownBy(() -> client.chat().completions().create(ask("x")))
        .satisfies(refusal -> assertThat(refusal.statusCode()).isEqualTo(402))
        .satisfies(refusal -> assertThat(refusal.code()).contains("budget_exceeded"));
    client.close();
    assertThat(poor.billing.leases().asks() - before).isLessThanOrEqualTo(1);
  }

  @Test
  void javaSees429AsItsExceptionAndComesAgainByItselfIfItMay() {
    assertThatExceptionOfType(RateLimitException.class)
        .isThrownBy(() -> once.chat().completions().create(ask("full always")))
        .satisfies(refusal -> assertThat(refusal.code()).contains("queue_full"));
    OpenAIClient patient = client(gateway, 2);
    assertThat(said(patient.chat().completions().create(ask("full once java"))))
        .isEqualTo("at last");
    patient.close();
  }

  /** All of them wait at once. */
  @Test
  void waitInTheQueueForHalfAMinute() throws Exception {
    long begun = System.nanoTime();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> node = threads.submit(() -> node("queue.mjs"));
      Future<String> json =
          threads.submit(() -> said(once.chat().completions().create(ask("queue"))));
      assertThat(streamed()).isEqualTo("at last");
      assertThat(json.get()).isEqualTo("at last");
      assertThat(node.get()).contains("checks=2");
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofSeconds(30));
  }

  private String streamed() {
    try (var stream = once.chat().completions().createStreaming(ask("queue"))) {
      return stream.stream()
          .flatMap(chunk -> chunk.choices().stream())
          .map(choice -> choice.delta().content().orElse(""))
          .collect(Collectors.joining());
    }
  }

  @Test
  void javaSeesThatAStreamBroke() {
    try (var stream = once.chat().completions().createStreaming(ask("break"))) {
      assertThatExceptionOfType(OpenAIException.class).isThrownBy(() -> stream.stream().toList());
    }
  }

  @Test
  void nodeSeesTheSame() throws Exception {
    assertThat(node("refusals.mjs")).contains("checks=4");
  }

  private String node(String script) throws IOException, InterruptedException {
    var builder = new ProcessBuilder("node", script).redirectErrorStream(true);
    builder.directory(Path.of("src/test/node").toFile());
    builder.environment().put("R1_URL", gateway.api.uri("").toString());
    builder.environment().put("R1_KEY", gateway.key);
    builder.environment().put("R1_POOR_URL", poor.api.uri("").toString());
    builder.environment().put("R1_POOR_KEY", poor.key);
    builder.environment().put("R1_MODEL", MODEL);
    Process node = builder.start();
    String printed = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(node.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(node.exitValue()).as(printed).isZero();
    return printed;
  }

  private static String said(ChatCompletion answer) {
    return answer.choices().getFirst().message().content().orElse("");
  }
}
