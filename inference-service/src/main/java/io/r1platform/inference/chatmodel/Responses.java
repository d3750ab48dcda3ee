package io.r1platform.inference.chatmodel;

import io.r1platform.inference.generation.GenerationEvent;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.metadata.ChatGenerationMetadata;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;

/**
 * Makes Spring AI's responses for one call.
 *
 * @param id of the call
 * @param model its name
 */
record Responses(UUID id, String model) {
  private static final String REASONING = "reasoningContent";
  private static final String IS_THOUGHT = "isThought";

  /** Some text. */
  ChatResponse delta(String reasoning, String answer) {
    return new ChatResponse(
        List.of(
            new Generation(message(reasoning, answer, !reasoning.isEmpty() && answer.isEmpty()))),
        ChatResponseMetadata.builder().id(id.toString()).model(model).build());
  }

  /** An end with the usage; its text is all there was, or none after a stream. */
  ChatResponse last(GenerationEvent.Ended ended, String reasoning, String answer) {
    GenerationEvent.Usage usage = ended.usage();
    return new ChatResponse(
        List.of(
            new Generation(
                message(reasoning, answer, false),
                ChatGenerationMetadata.builder().finishReason(ended.finish().name()).build())),
        ChatResponseMetadata.builder()
            .id(id.toString())
            .model(model)
            .usage(
                new DefaultUsage(
                    usage.prompt(),
                    usage.output(),
                    usage.total(),
                    usage,
                    (long) usage.promptHit(),
                    null))
            .build());
  }

  private static AssistantMessage message(String reasoning, String answer, boolean isThought) {
    return AssistantMessage.builder()
        .content(answer)
        .properties(Map.of(REASONING, reasoning, IS_THOUGHT, isThought))
        .build();
  }
}
