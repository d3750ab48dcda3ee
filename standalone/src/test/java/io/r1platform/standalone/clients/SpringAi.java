package io.r1platform.standalone.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.models.completions.CompletionUsage;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.tool.function.FunctionToolCallback;
import tools.jackson.databind.json.JsonMapper;

/** Spring AI's OpenAI model. */
public final class SpringAi {
  private static final Duration LONGEST = Duration.ofMinutes(1);

  /** What the tool takes. */
  public record Sure(boolean sure) {}

  private final Target target;
  private final OpenAiChatModel model;

  public SpringAi(Target target) {
    this.target = target;
    this.model = OpenAiChatModel.builder().options(options().build()).build();
  }

  private OpenAiChatOptions.Builder options() {
    return OpenAiChatOptions.builder()
        .baseUrl(target.v1())
        .apiKey(target.key())
        .model(target.model())
        .temperature(0.0)
        .maxRetries(0);
  }

  /** Everything, in turn. */
  public void check() {
    AssistantMessage first = call();
    secondTurn(first);
    stream();
    tools();
  }

  private AssistantMessage call() {
    ChatResponse answer = model.call(new Prompt(Target.QUESTION));
    AssistantMessage message = output(answer);
    assertThat(message.getText()).contains(Target.ANSWER);
    assertThat(message.getMetadata().get("reasoningContent")).asString().isNotBlank();
    assertThat(answer.getMetadata().getUsage().getCompletionTokens()).isPositive();
    Object usage = Objects.requireNonNull(answer.getMetadata().getUsage().getNativeUsage());
    assertThat(((CompletionUsage) usage)._allProperties()).containsKey("cost");
    return message;
  }

  /** It sends the reasoning back unasked; the platform drops it. */
  private void secondTurn(AssistantMessage first) {
    List<Message> turns =
        List.of(new UserMessage(Target.QUESTION), first, new UserMessage("What is 12 + 30?"));
    assertThat(output(model.call(new Prompt(turns))).getText()).isNotBlank();
  }

  private void stream() {
    List<ChatResponse> parts =
        Objects.requireNonNull(
            model.stream(new Prompt(Target.QUESTION)).collectList().block(LONGEST));
    String said =
        parts.stream()
            .flatMap(part -> part.getResults().stream())
            .map(result -> Objects.requireNonNullElse(result.getOutput().getText(), ""))
            .collect(Collectors.joining());
    assertThat(said).contains(Target.ANSWER);
  }

  private void tools() {
    var tool =
        FunctionToolCallback.builder("add", (Sure sure) -> "936")
            .description("Adds.")
            .inputType(Sure.class)
            .inputSchema(Target.SCHEMA)
            .build();
    OpenAiChatOptions withTool =
        options()
            .toolCallbacks(List.of(tool))
            .toolChoice("required")
            .parallelToolCalls(false)
            .build();
    var question = new UserMessage(Target.QUESTION);
    AssistantMessage calling = output(model.call(new Prompt(List.of(question), withTool)));
    var call = calling.getToolCalls().getFirst();
    assertThat(call.name()).isEqualTo("add");
    assertThat(JsonMapper.shared().readTree(call.arguments()).path("sure").isBoolean()).isTrue();

    var result = new ToolResponseMessage.ToolResponse(call.id(), call.name(), "936");
    List<Message> turns =
        List.of(
            question, calling, ToolResponseMessage.builder().responses(List.of(result)).build());
    OpenAiChatOptions shorter = options().maxTokens(64).build();
    assertThat(model.call(new Prompt(turns, shorter)).getMetadata().getUsage().getTotalTokens())
        .isPositive();
  }

  private static AssistantMessage output(ChatResponse answer) {
    return Objects.requireNonNull(answer.getResult()).getOutput();
  }
}
