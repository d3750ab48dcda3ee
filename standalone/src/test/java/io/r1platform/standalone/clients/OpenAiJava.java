package io.r1platform.standalone.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.UnauthorizedException;
import com.openai.errors.UnprocessableEntityException;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.ResponseFormatJsonSchema;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.completions.CompletionCreateParams;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** OpenAI's Java client. */
public final class OpenAiJava implements AutoCloseable {
  private final Target target;
  private final OpenAIClient openai;

  public OpenAiJava(Target target) {
    this.target = target;
    this.openai = client(target.key());
  }

  private OpenAIClient client(String key) {
    return OpenAIOkHttpClient.builder().baseUrl(target.v1()).apiKey(key).maxRetries(0).build();
  }

  private ChatCompletionCreateParams.Builder ask() {
    return ChatCompletionCreateParams.builder()
        .model(target.model())
        .temperature(0)
        .addUserMessage(Target.QUESTION);
  }

  private ChatCompletion answer(ChatCompletionCreateParams.Builder wanted) {
    return openai.chat().completions().create(wanted.build());
  }

  private List<ChatCompletionChunk> stream(ChatCompletionCreateParams.Builder wanted) {
    try (var stream = openai.chat().completions().createStreaming(wanted.build())) {
      return stream.stream().toList();
    }
  }

  /** Everything, in turn. */
  public void check() {
    models();
    jsonAndStreams();
    toolsAndASecondTurn();
    schema();
    choicesAndLogprobs();
    completions();
    new OpenAiJavaBatch(target, openai).check();
    refusals();
    hangUp();
    repeat();
  }

  private void models() {
    assertThat(openai.models().list().data()).anyMatch(m -> m.id().equals(target.model()));
    assertThat(openai.models().retrieve(target.model()).ownedBy()).isNotEmpty();
  }

  private void jsonAndStreams() {
    var message = answer(ask()).choices().getFirst().message();
    assertThat(message.content().orElseThrow()).contains(Target.ANSWER);
    assertThat(text(message._allProperties())).isNotBlank();

    List<ChatCompletionChunk> plain = stream(ask());
    assertThat(plain).allMatch(chunk -> chunk.usage().isEmpty() && !chunk.choices().isEmpty());
    List<ChatCompletionChunk> counted =
        stream(
            ask().streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build()));
    assertThat(counted.getLast().usage().orElseThrow().completionTokens()).isPositive();
    var said = new StringBuilder();
    var thought = new StringBuilder();
    counted.forEach(
        chunk ->
            chunk
                .choices()
                .forEach(
                    choice -> {
                      said.append(choice.delta().content().orElse(""));
                      thought.append(text(choice.delta()._allProperties()));
                    }));
    assertThat(said.toString()).isEqualTo(message.content().orElseThrow());
    assertThat(thought.toString()).isEqualTo(text(message._allProperties()));
  }

  /** What a property that the client does not know holds. */
  private static String text(Map<String, JsonValue> properties) {
    JsonValue value = properties.get("reasoning_content");
    String text = value == null ? null : value.convert(String.class);
    return text == null ? "" : text;
  }

  private void toolsAndASecondTurn() {
    var parameters = FunctionParameters.builder();
    json(Target.SCHEMA)
        .forEachEntry(
            (name, value) -> parameters.putAdditionalProperty(name, JsonValue.from(plain(value))));
    var function = FunctionDefinition.builder().name("add").parameters(parameters.build()).build();
    var wanted =
        ask()
            .addTool(ChatCompletionFunctionTool.builder().function(function).build())
            .toolChoice(ChatCompletionToolChoiceOption.Auto.REQUIRED)
            .parallelToolCalls(false);
    var message = answer(wanted).choices().getFirst().message();
    var call = message.toolCalls().orElseThrow().getFirst().asFunction();
    assertThat(call.function().name()).isEqualTo("add");
    assertThat(json(call.function().arguments()).path("sure").isBoolean()).isTrue();
    assertThat(stream(wanted))
        .anyMatch(
            chunk -> chunk.choices().stream().anyMatch(c -> c.delta().toolCalls().isPresent()));

    var second =
        ask()
            .addMessage(message)
            .addMessage(
                ChatCompletionToolMessageParam.builder()
                    .toolCallId(call.id())
                    .content("936")
                    .build())
            .maxCompletionTokens(64);
    assertThat(answer(second).usage().orElseThrow().completionTokens()).isPositive();
  }

  private void schema() {
    var schema = ResponseFormatJsonSchema.JsonSchema.Schema.builder();
    json(Target.SCHEMA)
        .forEachEntry(
            (name, value) -> schema.putAdditionalProperty(name, JsonValue.from(plain(value))));
    var format =
        ResponseFormatJsonSchema.builder()
            .jsonSchema(
                ResponseFormatJsonSchema.JsonSchema.builder()
                    .name("it")
                    .strict(true)
                    .schema(schema.build())
                    .build())
            .build();
    String content =
        answer(ask().responseFormat(format)).choices().getFirst().message().content().orElseThrow();
    assertThat(json(content).path("sure").isBoolean()).isTrue();
  }

  private void choicesAndLogprobs() {
    assertThat(answer(ask().n(2)).choices()).hasSize(2);
    var logprobs =
        answer(ask().logprobs(true).topLogprobs(2)).choices().getFirst().logprobs().orElseThrow();
    assertThat(logprobs.content().orElseThrow().getFirst().topLogprobs()).hasSize(2);
  }

  private void completions() {
    var raw =
        CompletionCreateParams.builder().model(target.model()).prompt("1 + 1").maxTokens(8).build();
    assertThat(openai.completions().create(raw).usage().orElseThrow().completionTokens())
        .isEqualTo(8);
  }

  private void refusals() {
    OpenAIClient stranger = client("sk-r1-nobody");
    assertThatExceptionOfType(UnauthorizedException.class)
        .isThrownBy(() -> stranger.models().list());
    stranger.close();
    assertThatExceptionOfType(NotFoundException.class)
        .isThrownBy(() -> answer(ask().model("r2-mega")))
        .satisfies(refusal -> assertThat(refusal.code()).contains("model_not_found"));
    assertThatExceptionOfType(UnprocessableEntityException.class)
        .isThrownBy(() -> answer(ask().maxCompletionTokens(1_000_000)));
    assertThatExceptionOfType(BadRequestException.class)
        .isThrownBy(() -> answer(ask().addAssistantMessage("the last is not mine")));
  }

  private void hangUp() {
    try (var stream = openai.chat().completions().createStreaming(ask().build())) {
      assertThat(stream.stream().findFirst()).isPresent();
    }
  }

  private void repeat() {
    var wanted =
        ask()
            .temperature(1)
            .putAdditionalHeader("Idempotency-Key", UUID.randomUUID().toString())
            .build();
    var raw = openai.chat().completions().withRawResponse();
    try (var first = raw.create(wanted);
        var again = raw.create(wanted)) {
      assertThat(again.headers().values("x-r1-replayed")).containsExactly("true");
      assertThat(again.headers().values("x-request-id"))
          .isEqualTo(first.headers().values("x-request-id"));
      assertThat(again.parse()).isEqualTo(first.parse());
    }
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  private static Object plain(JsonNode value) {
    return JsonMapper.shared().convertValue(value, Object.class);
  }

  @Override
  public void close() {
    openai.close();
  }
}
