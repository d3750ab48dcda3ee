package io.r1platform.standalone.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.json.JsonMapper;

/** LangChain4j's OpenAI model. */
public final class LangChain4j {
  private static final JsonObjectSchema SCHEMA =
      JsonObjectSchema.builder()
          .addBooleanProperty("sure")
          .required("sure")
          .additionalProperties(false)
          .build();

  private final Target target;
  private final OpenAiChatModel model;

  public LangChain4j(Target target) {
    this.target = target;
    this.model = model(target.model());
  }

  private OpenAiChatModel model(String name) {
    return OpenAiChatModel.builder()
        .baseUrl(target.v1())
        .apiKey(target.key())
        .modelName(name)
        .temperature(0.0)
        .returnThinking(true)
        .maxRetries(0)
        .build();
  }

  private static ChatRequest.Builder ask() {
    return ChatRequest.builder().messages(UserMessage.from(Target.QUESTION));
  }

  /** Everything, in turn. */
  public void check() {
    ChatResponse answer = model.chat(ask().build());
    assertThat(answer.aiMessage().text()).contains(Target.ANSWER);
    assertThat(answer.aiMessage().thinking()).isNotBlank();
    assertThat(answer.tokenUsage().outputTokenCount()).isPositive();
    stream(answer.aiMessage());
    tools();
    schema();
    assertThatExceptionOfType(ModelNotFoundException.class)
        .isThrownBy(() -> model("r2-mega").chat(ask().build()));
  }

  private void stream(AiMessage whole) {
    var done = new CompletableFuture<ChatResponse>();
    var said = new StringBuilder();
    OpenAiStreamingChatModel.builder()
        .baseUrl(target.v1())
        .apiKey(target.key())
        .modelName(target.model())
        .temperature(0.0)
        .returnThinking(true)
        .build()
        .chat(
            ask().build(),
            new StreamingChatResponseHandler() {
              @Override
              public void onPartialResponse(String part) {
                said.append(part);
              }

              @Override
              public void onCompleteResponse(ChatResponse answer) {
                done.complete(answer);
              }

              @Override
              public void onError(Throwable failure) {
                done.completeExceptionally(failure);
              }
            });
    ChatResponse streamed = done.join();
    assertThat(said.toString()).isEqualTo(whole.text());
    assertThat(streamed.aiMessage().thinking()).isEqualTo(whole.thinking());
    assertThat(streamed.tokenUsage().outputTokenCount()).isPositive();
  }

  private void tools() {
    var add = ToolSpecification.builder().name("add").parameters(SCHEMA).build();
    AiMessage calling =
        model
            .chat(ask().toolSpecifications(add).toolChoice(ToolChoice.REQUIRED).build())
            .aiMessage();
    ToolExecutionRequest call = calling.toolExecutionRequests().getFirst();
    assertThat(call.name()).isEqualTo("add");
    assertThat(JsonMapper.shared().readTree(call.arguments()).path("sure").isBoolean()).isTrue();
    ChatResponse second =
        model.chat(
            ChatRequest.builder()
                .messages(
                    UserMessage.from(Target.QUESTION),
                    calling,
                    ToolExecutionResultMessage.from(call, Target.ANSWER))
                .maxOutputTokens(64)
                .build());
    assertThat(second.tokenUsage().outputTokenCount()).isPositive();
  }

  private void schema() {
    var format =
        ResponseFormat.builder()
            .type(ResponseFormatType.JSON)
            .jsonSchema(JsonSchema.builder().name("it").rootElement(SCHEMA).build())
            .build();
    String text = model.chat(ask().responseFormat(format).build()).aiMessage().text();
    assertThat(JsonMapper.shared().readTree(text).path("sure").isBoolean()).isTrue();
  }
}
