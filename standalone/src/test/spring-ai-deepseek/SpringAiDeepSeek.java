import java.time.Duration;
import java.util.List;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.metadata.Usage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.deepseek.DeepSeekAssistantMessage;
import org.springframework.ai.deepseek.DeepSeekChatModel;
import org.springframework.ai.deepseek.DeepSeekChatOptions;
import org.springframework.ai.deepseek.api.DeepSeekApi;
import org.springframework.retry.support.RetryTemplate;

/**
 * Spring AI's DeepSeek model against R1_URL with R1_KEY and R1_MODEL: call, stream, reasoning,
 * usage, many turns. A program of its own, run from its source, since its Spring is another one
 * than the services'. Its last line tells its version and how much was checked.
 */
public final class SpringAiDeepSeek {
  private static final String QUESTION = System.getenv("R1_QUESTION");
  private static final String ANSWER = System.getenv("R1_ANSWER");
  private static final Duration LONGEST = Duration.ofMinutes(1);

  private static int checks;

  private SpringAiDeepSeek() {}

  public static void main(String[] arguments) {
    DeepSeekApi api =
        DeepSeekApi.builder()
            .baseUrl(System.getenv("R1_URL"))
            .apiKey(System.getenv("R1_KEY"))
            .build();
    DeepSeekChatModel model =
        DeepSeekChatModel.builder()
            .deepSeekApi(api)
            .defaultOptions(
                DeepSeekChatOptions.builder()
                    .model(System.getenv("R1_MODEL"))
                    .temperature(0.0)
                    .build())
            .retryTemplate(RetryTemplate.builder().maxAttempts(1).build())
            .build();
    AssistantMessage first = call(model);
    stream(model);
    secondTurn(model, first);
    System.out.printf("version=%s checks=%d%n", version(), checks);
    System.exit(0); // its threads would keep the process for a while
  }

  private static AssistantMessage call(DeepSeekChatModel model) {
    ChatResponse answer = model.call(new Prompt(QUESTION));
    AssistantMessage message = answer.getResult().getOutput();
    require(message.getText().contains(ANSWER), "the answer", message.getText());
    require(!reasoning(message).isBlank(), "the reasoning", message);
    require("STOP".equals(finish(answer)), "the finish reason", finish(answer));
    Usage usage = answer.getMetadata().getUsage();
    require(usage.getPromptTokens() > 0, "prompt tokens", usage);
    require(usage.getCompletionTokens() > 0, "output tokens", usage);
    int sum = usage.getPromptTokens() + usage.getCompletionTokens();
    require(usage.getTotalTokens() == sum, "the sum of tokens", usage);
    return message;
  }

  private static String finish(ChatResponse answer) {
    return answer.getResult().getMetadata().getFinishReason();
  }

  /** It has no way to ask a stream for its usage, so there is none. */
  private static void stream(DeepSeekChatModel model) {
    List<ChatResponse> parts = model.stream(new Prompt(QUESTION)).collectList().block(LONGEST);
    var text = new StringBuilder();
    var reasoning = new StringBuilder();
    for (ChatResponse part : parts) {
      for (var result : part.getResults()) {
        AssistantMessage message = result.getOutput();
        text.append(message.getText() == null ? "" : message.getText());
        reasoning.append(reasoning(message));
      }
    }
    require(text.indexOf(ANSWER) >= 0, "the stream's answer", text);
    require(!reasoning.isEmpty(), "the stream's reasoning", parts);
  }

  /** It sends the earlier answer's text back; what was reasoned stays out, as DeepSeek wants it. */
  private static void secondTurn(DeepSeekChatModel model, AssistantMessage first) {
    var turns =
        new Prompt(
            new UserMessage(QUESTION),
            new AssistantMessage(first.getText()),
            new UserMessage("What is 12 + 30?"));
    String said = model.call(turns).getResult().getOutput().getText();
    require(!said.isBlank(), "the second turn", said);
  }

  private static String reasoning(AssistantMessage message) {
    if (message instanceof DeepSeekAssistantMessage own && own.getReasoningContent() != null) {
      return own.getReasoningContent();
    }
    return "";
  }

  private static void require(boolean holds, String what, Object found) {
    checks++;
    if (!holds) {
      throw new AssertionError(what + ": " + found);
    }
  }

  /** Of the jar that it was loaded from. */
  private static String version() {
    var jar = DeepSeekChatModel.class.getProtectionDomain().getCodeSource().getLocation();
    return jar.getPath().replaceAll(".*spring-ai-deepseek-(.*)\\.jar$", "$1");
  }
}
