package io.r1platform.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.errors.NotFoundException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.CompletionUsage;
import io.r1platform.standalone.admin.Reconciliation;
import io.r1platform.testing.Figures;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** The whole path through OpenAI's own Java client. */
@ExtendWith(PlatformExtension.class)
class JourneyIT {
  private static final String QUESTION = "What is 347 + 589?";
  private final Platform platform;
  private final OpenAIClient openai;

  JourneyIT(Platform platform) {
    this.platform = platform;
    this.openai = client(platform.mintKey());
  }

  private OpenAIClient client(String key) {
    return OpenAIOkHttpClient.builder()
        .baseUrl(platform.url() + "/v1")
        .apiKey(key)
        .timeout(Platform.LIMIT)
        .maxRetries(0)
        .build();
  }

  @AfterEach
  void close() {
    openai.close();
  }

  @Test
  void listsTheModel() {
    assertThat(openai.models().list().data())
        .extracting(com.openai.models.models.Model::id)
        .contains(Platform.MODEL);
  }

  @Test
  void streamsReasoningThenTheAnswerAndBillsWhatItTold() {
    List<ChatCompletionChunk> chunks;
    var wanted =
        question(Platform.MODEL).toBuilder()
            .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
            .build();
    try (var stream = openai.chat().completions().createStreaming(wanted)) {
      chunks = stream.stream().toList();
    }
    var order = new StringBuilder();
    var reasoning = new StringBuilder();
    var content = new StringBuilder();
    for (ChatCompletionChunk chunk : chunks) {
      for (var choice : chunk.choices()) {
        String thought = text(choice.delta()._allProperties(), "reasoning_content");
        String said = choice.delta().content().orElse("");
        order.append(thought.isEmpty() ? "" : "r").append(said.isEmpty() ? "" : "c");
        reasoning.append(thought);
        content.append(said);
      }
    }
    assertThat(order.toString()).matches("r+c+");
    assertThat(reasoning).isNotBlank();
    assertThat(content.toString()).contains("936");

    CompletionUsage usage = chunks.getLast().usage().orElseThrow();
    JsonNode request = bills(chunks.getLast().id(), usage);
    Reconciliation clean = platform.reconciled();
    Figures.write(
        "journey",
        "prompt_tokens=%d completion_tokens=%d cost=%s finish=%s difference=%s"
            .formatted(
                usage.promptTokens(),
                usage.completionTokens(),
                request.path("cost").asString(),
                request.path("finish").asString(),
                clean.unexplained()));
  }

  @Test
  void answersWithoutAStreamAndBillsWhatItTold() {
    ChatCompletion answer = openai.chat().completions().create(question(Platform.MODEL));
    var message = answer.choices().getFirst().message();
    assertThat(text(message._allProperties(), "reasoning_content")).isNotBlank();
    assertThat(message.content().orElseThrow()).contains("936");
    bills(answer.id(), answer.usage().orElseThrow());
    platform.reconciled();
  }

  @Test
  void refusesAKeyThatNobodyMade() {
    OpenAIClient stranger = client("sk-r1-nobody");
    assertThatExceptionOfType(UnauthorizedException.class)
        .isThrownBy(() -> stranger.chat().completions().create(question(Platform.MODEL)));
    stranger.close();
  }

  @Test
  void refusesAModelThatNobodyServes() {
    assertThatExceptionOfType(NotFoundException.class)
        .isThrownBy(() -> openai.chat().completions().create(question("r2-mega")))
        .satisfies(refusal -> assertThat(refusal.code()).hasValue("model_not_found"));
  }

  /** Holds what the client was told against the ledger. */
  private JsonNode bills(String completion, CompletionUsage usage) {
    JsonNode request = platform.inLedger(UUID.fromString(completion.replace("chatcmpl-", "")));
    BigDecimal told = new BigDecimal(text(usage._allProperties(), "cost"));
    assertThat(told).isPositive();
    assertThat(new BigDecimal(request.path("cost").asString())).isEqualByComparingTo(told);
    JsonNode tokens = request.path("tokens");
    assertThat(count(tokens, "hit") + count(tokens, "miss")).isEqualTo(usage.promptTokens());
    assertThat(count(tokens, "reasoning") + count(tokens, "answer"))
        .isEqualTo(usage.completionTokens());
    return request;
  }

  private static long count(JsonNode tokens, String kind) {
    return Long.parseLong(tokens.path(kind).asString());
  }

  private static String text(Map<String, JsonValue> properties, String name) {
    JsonValue value = properties.get(name);
    String text = value == null ? null : value.convert(String.class);
    return text == null ? "" : text;
  }

  private static ChatCompletionCreateParams question(String model) {
    return ChatCompletionCreateParams.builder()
        .model(model)
        .temperature(0)
        .addUserMessage(QUESTION)
        .build();
  }
}
