package io.r1platform.springai;

import java.util.List;
import java.util.Map;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.metadata.ChatGenerationMetadata;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;

/**
 * Makes Spring AI's responses for one call.
 *
 * @param id of the call
 * @param model its name
 */
record Responses(String id, String model) {
  private static final String REASONING = "reasoningContent";
  private static final String IS_THOUGHT = "isThought";
  private static final String LOGPROBS = "logprobs";

  /** Some text, of the reasoning or of the answer, and the logprobs since the last. */
  ChatResponse delta(String reasoning, String answer, List<TokenLogprob> logprobs) {
    boolean thought = !reasoning.isEmpty() && answer.isEmpty();
    return new ChatResponse(
        List.of(
            new Generation(
                message(reasoning, answer, thought, List.of()), generation(logprobs).build())),
        metadata().build());
  }

  /** An end with calls and usage; its text is all there was, or none after a stream. */
  ChatResponse end(
      String reasoning,
      String answer,
      List<AssistantMessage.ToolCall> calls,
      String finish,
      R1Usage usage,
      List<TokenLogprob> logprobs) {
    return new ChatResponse(
        List.of(
            new Generation(
                message(reasoning, answer, false, calls),
                generation(logprobs).finishReason(finish).build())),
        metadata().usage(usage.springUsage()).build());
  }

  /** A call of this response. */
  AssistantMessage.ToolCall call(int index, String name, String arguments) {
    return new AssistantMessage.ToolCall(
        "call_%s_%d".formatted(id.replace("-", ""), index), "function", name, arguments);
  }

  private ChatResponseMetadata.Builder metadata() {
    return ChatResponseMetadata.builder().id(id).model(model);
  }

  private static ChatGenerationMetadata.Builder generation(List<TokenLogprob> logprobs) {
    ChatGenerationMetadata.Builder metadata = ChatGenerationMetadata.builder();
    return logprobs.isEmpty() ? metadata : metadata.metadata(LOGPROBS, List.copyOf(logprobs));
  }

  private static AssistantMessage message(
      String reasoning, String answer, boolean isThought, List<AssistantMessage.ToolCall> calls) {
    return AssistantMessage.builder()
        .content(answer)
        .properties(Map.of(REASONING, reasoning, IS_THOUGHT, isThought))
        .toolCalls(calls)
        .build();
  }
}
