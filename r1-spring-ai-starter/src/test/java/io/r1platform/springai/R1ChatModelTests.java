package io.r1platform.springai;

import static io.r1platform.springai.Nano.SUM;
import static io.r1platform.springai.Nano.finish;
import static io.r1platform.springai.Nano.reasoning;
import static io.r1platform.springai.Nano.text;
import static io.r1platform.springai.Nano.usage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;

/** Spring AI's interface over the real engine. */
@Timeout(120)
class R1ChatModelTests {
  private static final AtomicReference<Nano> NANO = new AtomicReference<>();
  private static final Duration LONG = Duration.ofSeconds(60);

  @BeforeAll
  static void start() {
    NANO.set(new Nano(ObservationRegistry.NOOP, 4, 8));
  }

  @AfterAll
  static void stop() {
    NANO.get().close();
  }

  private static R1ChatModel model() {
    return NANO.get().model;
  }

  private static List<ChatResponse> stream(Prompt prompt) {
    return Objects.requireNonNull(model().stream(prompt).collectList().block(LONG));
  }

  private static R1Exception.Reason refusal(Prompt prompt) {
    try {
      model().call(prompt);
    } catch (R1Exception e) {
      return e.reason();
    }
    throw new AssertionError("it was not refused");
  }

  @Test
  void callAnswersWithReasoningAndExactUsage() {
    ChatResponse response = model().call(new Prompt(SUM));

    assertThat(text(response)).isEqualTo("347 + 589 = 936");
    assertThat(reasoning(response)).contains("7+9+0=16").doesNotContain("think>");
    assertThat(finish(response)).isEqualTo("STOP");
    R1Usage usage = usage(response);
    assertThat(usage.reasoning()).isBetween(1, usage.output() - 1);
    assertThat(response.getMetadata().getUsage().getTotalTokens())
        .isEqualTo(usage.prompt() + usage.output());
  }

  @Test
  void streamGivesTheSameTextAndEndsWithUsage() {
    ChatResponse whole = model().call(new Prompt(SUM));

    List<ChatResponse> parts = stream(new Prompt(SUM));

    assertThat(parts.stream().map(Nano::reasoning).collect(Collectors.joining()))
        .isEqualTo(reasoning(whole));
    assertThat(parts.stream().map(Nano::text).collect(Collectors.joining())).isEqualTo(text(whole));
    assertThat(parts)
        .allSatisfy(part -> assertThat(Nano.thought(part)).isEqualTo(!reasoning(part).isEmpty()));
    assertThat(finish(parts.getLast())).isEqualTo("STOP");
    assertThat(usage(parts.getLast()).output()).isEqualTo(usage(whole).output());
  }

  @Test
  void cachedTokensAreToldWhenAPromptComesAgain() {
    var prompt = new Prompt("What is 123 + 456?");
    var unused = model().call(prompt);

    ChatResponse again = model().call(prompt);

    assertThat(usage(again).cached()).isEqualTo(usage(again).prompt() - 1);
    assertThat(again.getMetadata().getUsage().getCacheReadInputTokens())
        .isEqualTo((long) usage(again).cached());
  }

  @Test
  void schemaConstrainsOnlyTheAnswer() {
    String schema =
        """
        {"type": "object", "properties": {"sum": {"type": "integer"}},
         "required": ["sum"], "additionalProperties": false}\
        """;
    var options = R1ChatOptions.builder().outputSchema(schema).maxTokens(400).build();

    ChatResponse response = model().call(new Prompt(SUM, options));

    assertThat(reasoning(response)).contains("7+9+0=16");
    assertThat(text(response)).matches("(?s)\\s*\\{\\s*\"sum\"\\s*:\\s*-?\\d+\\s*}\\s*");
  }

  @Test
  void logprobsOfEveryTokenComeWithTheirReasoning() {
    var options = R1ChatOptions.builder().topLogprobs(2).build();

    ChatResponse response = model().call(new Prompt(SUM, options));

    List<?> logprobs =
        (List<?>)
            Objects.requireNonNull(
                Objects.requireNonNull(response.getResult()).getMetadata().get("logprobs"));
    assertThat(logprobs).hasSize(usage(response).output());
    assertThat(logprobs.stream().map(TokenLogprob.class::cast).filter(TokenLogprob::reasoning))
        .hasSize(usage(response).reasoning())
        .allSatisfy(token -> assertThat(token.alternatives()).hasSize(2));
  }

  @Test
  void equalSeedsGiveEqualAnswers() {
    var options = R1ChatOptions.builder().temperature(50.0).seed(7L).maxTokens(60).build();

    assertThat(reasoning(model().call(new Prompt(SUM, options))))
        .isEqualTo(reasoning(model().call(new Prompt(SUM, options))))
        .isNotEqualTo(reasoning(model().call(new Prompt(SUM, options.mutate().seed(8L).build()))));
  }

  @Test
  void whatCannotBeHonouredIsRefused() {
    assertThat(refusal(new Prompt(SUM, ChatOptions.builder().model("gpt").build())))
        .isEqualTo(R1Exception.Reason.INVALID);
    assertThat(refusal(new Prompt(SUM, ChatOptions.builder().topP(2.0).build())))
        .isEqualTo(R1Exception.Reason.INVALID);
    assertThat(refusal(new Prompt(SUM.repeat(500)))).isEqualTo(R1Exception.Reason.CONTEXT_LENGTH);
    assertThat(refusal(new Prompt(new UserMessage("Hi"), new AssistantMessage("Hello"))))
        .isEqualTo(R1Exception.Reason.INVALID);
    var schema = R1ChatOptions.builder().outputSchema("{\"multipleOf\": 3}").build();
    assertThatThrownBy(() -> model().call(new Prompt(SUM, schema)))
        .isInstanceOf(R1Exception.class)
        .hasMessageContaining("multipleOf");
  }

  @Test
  void manyThreadsShareOneModel() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers =
          threads.invokeAll(
              IntStream.range(100, 110)
                  .<java.util.concurrent.Callable<String>>mapToObj(
                      n -> () -> text(model().call(new Prompt("What is " + n + " + 200?"))))
                  .toList());
      for (int i = 0; i < answers.size(); i++) {
        assertThat(answers.get(i).get()).isEqualTo("%d + 200 = %d".formatted(100 + i, 300 + i));
      }
    }
  }

  @Test
  void aSubscriberThatWaitsHoldsNobodyUp() throws Exception {
    var waiting = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    CompletableFuture<@Nullable List<ChatResponse>> slow =
        model().stream(new Prompt(SUM))
            .doOnNext(
                part -> {
                  waiting.countDown();
                  await(goOn);
                })
            .collectList()
            .toFuture();
    await(waiting);

    assertThat(text(model().call(new Prompt(SUM)))).contains("936");
    goOn.countDown();
    List<ChatResponse> parts = Objects.requireNonNull(slow.get(60, TimeUnit.SECONDS));
    assertThat(finish(parts.getLast())).isEqualTo("STOP");
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
