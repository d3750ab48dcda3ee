package io.r1platform.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r1platform.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.metadata.Usage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import tools.jackson.databind.JsonNode;

/** Spring AI's interface over the real engine. */
final class ChatModelIT {
  private static final TestDatabase DATABASE = TestDatabase.create();
  private static final BillingFake BILLING = new BillingFake();
  private static final AtomicReference<RunningService> SERVICE = new AtomicReference<>();
  @TempDir static Path directory;

  @BeforeAll
  static void start() throws Exception {
    SERVICE.set(
        RunningService.start(DATABASE, BILLING.uri(), directory.resolve("tokens"), Map.of()));
  }

  @AfterAll
  static void stop() {
    SERVICE.get().close();
    BILLING.close();
  }

  private static ChatModel model() {
    return SERVICE.get().bean(ChatModel.class);
  }

  private static Prompt prompt(int maxTokens) {
    return new Prompt(
        List.of(
            new SystemMessage("Be brief."),
            new UserMessage("Hello"),
            new AssistantMessage("Hello!"),
            new UserMessage("What is 347 + 589?")),
        ChatOptions.builder().temperature(0.0).maxTokens(maxTokens).build());
  }

  private static AssistantMessage message(ChatResponse response) {
    return Objects.requireNonNull(response.getResult()).getOutput();
  }

  private static String reasoning(ChatResponse response) {
    return String.valueOf(message(response).getMetadata().get("reasoningContent"));
  }

  @Test
  void callAnswersWithReasoningAndExactUsage() {
    ChatResponse response = model().call(prompt(20));

    Usage usage = response.getMetadata().getUsage();
    assertThat(reasoning(response)).isNotEmpty();
    assertThat(usage.getCompletionTokens()).isEqualTo(20);
    assertThat(usage.getPromptTokens()).isGreaterThan(17);
    assertThat(Objects.requireNonNull(response.getResult()).getMetadata().getFinishReason())
        .isEqualTo("LENGTH");
    String id = response.getMetadata().getId();
    Await.until("the receipt is with billing", () -> BILLING.receipt(id) != null);
    assertThat(Objects.requireNonNull(BILLING.receipt(id)).path("tok_out").asInt()).isEqualTo(20);
  }

  @Test
  void streamGivesTheSameTextAndEndsWithUsage() {
    ChatResponse whole = model().call(prompt(20));

    List<ChatResponse> parts =
        Objects.requireNonNull(
            model().stream(prompt(20)).collectList().block(Duration.ofSeconds(30)));

    assertThat(parts.stream().map(ChatModelIT::reasoning).collect(Collectors.joining()))
        .isEqualTo(reasoning(whole));
    assertThat(parts.stream().map(part -> message(part).getText()).collect(Collectors.joining()))
        .isEqualTo(message(whole).getText());
    assertThat(parts.getLast().getMetadata().getUsage().getCompletionTokens()).isEqualTo(20);
  }

  /** The engine is fast: it may finish before the cancel, so it is tried again. */
  @Test
  void cancelledStreamStopsTheEngineAndLeavesAReceipt() {
    int cut = 0;
    for (int attempt = 0; attempt < 10 && cut == 0; attempt++) {
      ChatResponse first =
          Objects.requireNonNull(model().stream(prompt(400)).blockFirst(Duration.ofSeconds(30)));
      String id = first.getMetadata().getId();
      Await.until("the receipt is with billing", () -> BILLING.receipt(id) != null);
      JsonNode receipt = Objects.requireNonNull(BILLING.receipt(id));
      if (receipt.path("finish").asString().equals("cancelled")) {
        cut = receipt.path("tok_out").asInt();
      }
    }

    assertThat(cut).isBetween(1, 399);
  }

  @Test
  void whatTheEngineCannotHonourIsRefused() {
    var options = ChatOptions.builder().topK(5).build();

    assertThatThrownBy(() -> model().call(new Prompt("Hi", options))).hasMessageContaining("topK");
  }
}
