package io.r1platform.springai;

import static io.r1platform.springai.Nano.SUM;
import static io.r1platform.springai.Nano.finish;
import static io.r1platform.springai.Nano.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.function.FunctionToolCallback;

/**
 * Tools of Spring AI, called by a model that was never taught any: so the choice is made for it.
 */
@Timeout(120)
class ToolTests {
  private static final AtomicReference<Nano> NANO = new AtomicReference<>();
  private final AtomicInteger runs = new AtomicInteger();

  record Vote(boolean sure) {}

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

  private R1ChatOptions.Builder voting() {
    ToolCallback vote =
        FunctionToolCallback.builder(
                "vote",
                (Vote asked) -> {
                  runs.incrementAndGet();
                  return asked.sure() ? "yes" : "no";
                })
            .description("votes")
            .inputType(Vote.class)
            .build();
    return R1ChatOptions.builder().toolCallbacks(vote).maxTokens(400);
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
  void theChosenToolIsCalledWithArgumentsOfItsSchema() {
    ChatResponse response = model().call(new Prompt(SUM, voting().toolChoice("vote").build()));

    assertThat(finish(response)).isEqualTo("TOOL_CALLS");
    assertThat(message(response).getToolCalls())
        .singleElement()
        .satisfies(
            call -> {
              assertThat(call.name()).isEqualTo("vote");
              assertThat(call.id()).startsWith("call_");
              assertThat(call.arguments())
                  .matches("(?s)\\{\\s*\"sure\"\\s*:\\s*(true|false)\\s*}\\s*");
            });
    assertThat(Nano.text(response)).isEmpty();
    assertThat(Nano.reasoning(response)).isNotEmpty();
    assertThat(runs).hasValue(0);
  }

  @Test
  void aStreamGivesTheCallWholeWithItsEnd() {
    List<ChatResponse> parts =
        Objects.requireNonNull(
            model().stream(new Prompt(SUM, voting().toolChoice("vote").build()))
                .collectList()
                .block(Duration.ofSeconds(60)));

    assertThat(parts.subList(0, parts.size() - 1)).noneMatch(ChatResponse::hasToolCalls);
    assertThat(message(parts.getLast()).getToolCalls()).hasSize(1);
    assertThat(finish(parts.getLast())).isEqualTo("TOOL_CALLS");
    assertThat(Nano.usage(parts.getLast()).output()).isPositive();
  }

  /** The client runs the tool and asks again; then the model is free, and the loop ends. */
  @Test
  void aClientRunsTheToolAndGetsAnAnswer() {
    var prompt = new Prompt(SUM, voting().toolChoice("vote").build());

    ChatResponse response =
        Objects.requireNonNull(ChatClient.create(model()).prompt(prompt).call().chatResponse());

    assertThat(runs).hasValue(1);
    assertThat(response.hasToolCalls()).isFalse();
    assertThat(finish(response)).isIn("STOP", "LENGTH");
  }

  @Test
  void whoNeedsNoToolCallsNone() {
    ChatResponse response = model().call(new Prompt(SUM, voting().maxTokens(40).build()));

    assertThat(response.hasToolCalls()).isFalse();
  }

  @Test
  void whatCannotBeCalledIsRefused() {
    assertThat(refusal(new Prompt(SUM, voting().toolChoice("other").build())))
        .isEqualTo(R1Exception.Reason.INVALID);
    assertThat(refusal(new Prompt(SUM, voting().outputSchema("{}").build())))
        .isEqualTo(R1Exception.Reason.INVALID);
    assertThat(refusal(new Prompt(List.of(new UserMessage("Hi"), output("a")))))
        .isEqualTo(R1Exception.Reason.INVALID);
    var call =
        AssistantMessage.builder()
            .content("")
            .toolCalls(List.of(new AssistantMessage.ToolCall("a", "function", "vote", "{}")))
            .build();
    assertThat(refusal(new Prompt(List.of(new UserMessage("Hi"), call, output("b")))))
        .isEqualTo(R1Exception.Reason.INVALID);
  }

  private static ToolResponseMessage output(String id) {
    return ToolResponseMessage.builder()
        .responses(List.of(new ToolResponseMessage.ToolResponse(id, "vote", "yes")))
        .build();
  }
}
