package io.r1platform.inference.completions;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.r1platform.inference.errors.OpenAiError;
import io.r1platform.inference.generation.GenerationEvent;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** OpenAI's objects as they stand on the wire, with DeepSeek's and our additions. */
final class Wire {
  private Wire() {}

  /** One of the choices of an answer or of a part of it. */
  sealed interface AnyChoice permits ChunkChoice, Choice, TextChoice {}

  record Chunk(
      String id,
      String object,
      long created,
      String model,
      @JsonProperty("system_fingerprint") String systemFingerprint,
      List<AnyChoice> choices,
      @Nullable Usage usage) {}

  record ChunkChoice(
      int index,
      Delta delta,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Logprobs logprobs,
      @JsonProperty("finish_reason") @Nullable String finishReason)
      implements AnyChoice {}

  /** A choice of a raw completion, whole or a part of it. */
  record TextChoice(
      int index,
      String text,
      @Nullable TextLogprobs logprobs,
      @JsonProperty("finish_reason") @Nullable String finishReason)
      implements AnyChoice {}

  /** Lists of equal length; of the alternatives, by text, one of those that look the same. */
  record TextLogprobs(
      List<String> tokens,
      @JsonProperty("token_logprobs") List<Float> tokenLogprobs,
      @JsonProperty("top_logprobs") List<Map<String, Float>> topLogprobs) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Delta(
      @Nullable String role,
      @JsonProperty("reasoning_content") @Nullable String reasoningContent,
      @Nullable String content,
      @JsonProperty("tool_calls") @Nullable List<CallPart> toolCalls) {}

  /** A call, or a part of one: only its first part has id, type and name. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record CallPart(
      @Nullable Integer index, @Nullable String id, @Nullable String type, Function function) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Function(@Nullable String name, String arguments) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Logprobs(
      List<TokenLogprob> content,
      @JsonProperty("reasoning_content") List<TokenLogprob> reasoningContent) {}

  record TokenLogprob(
      String token,
      float logprob,
      List<Integer> bytes,
      @JsonProperty("top_logprobs") List<TopLogprob> topLogprobs) {}

  record TopLogprob(String token, float logprob, List<Integer> bytes) {}

  /** The last chunk: counts and no choices. */
  record UsageChunk(
      String id,
      String object,
      long created,
      String model,
      @JsonProperty("system_fingerprint") String systemFingerprint,
      List<AnyChoice> choices,
      Usage usage,
      R1 r1) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Completion(
      String id,
      String object,
      long created,
      String model,
      @JsonProperty("system_fingerprint") String systemFingerprint,
      List<AnyChoice> choices,
      Usage usage,
      R1 r1,
      @Nullable OpenAiError error) {}

  record Choice(
      int index,
      @JsonProperty("finish_reason") String finishReason,
      Message message,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Logprobs logprobs)
      implements AnyChoice {}

  record Message(
      String role,
      @JsonProperty("reasoning_content") String reasoningContent,
      @Nullable String content,
      @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("tool_calls")
          @Nullable List<CallPart> toolCalls) {}

  record Usage(
      @JsonProperty("prompt_tokens") int promptTokens,
      @JsonProperty("completion_tokens") int completionTokens,
      @JsonProperty("total_tokens") int totalTokens,
      @JsonProperty("prompt_cache_hit_tokens") int promptCacheHitTokens,
      @JsonProperty("prompt_cache_miss_tokens") int promptCacheMissTokens,
      @JsonProperty("prompt_tokens_details") PromptDetails promptTokensDetails,
      @JsonProperty("completion_tokens_details") CompletionDetails completionTokensDetails) {
    static Usage of(GenerationEvent.Usage usage) {
      return new Usage(
          usage.prompt(),
          usage.output(),
          usage.total(),
          usage.promptHit(),
          usage.promptMiss(),
          new PromptDetails(usage.promptHit()),
          new CompletionDetails(usage.reasoning()));
    }
  }

  record PromptDetails(@JsonProperty("cached_tokens") int cachedTokens) {}

  record CompletionDetails(@JsonProperty("reasoning_tokens") int reasoningTokens) {}

  /** What the gateway needs beside OpenAI's fields. */
  record R1(
      String finish,
      @JsonProperty("output_sha256") String outputSha256,
      @JsonProperty("ttft_ms") long ttftMs,
      @JsonProperty("queue_ms") long queueMs) {
    static R1 of(GenerationEvent.Ended ended) {
      GenerationEvent.Usage usage = ended.usage();
      return new R1(
          ended.finish().wire(), usage.outputSha256(), usage.ttftMillis(), usage.queueMillis());
    }
  }

  /**
   * How many tokens a prompt has.
   *
   * @param templateTokens those that it would have with empty texts
   * @param tokenIds if they were asked for
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record TokenCount(
      String object,
      String model,
      int tokens,
      @JsonProperty("template_tokens") int templateTokens,
      @JsonProperty("token_ids") int @Nullable [] tokenIds) {}

  /** A failure after the engine took the request. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Failure(OpenAiError error, Usage usage, R1 r1, @Nullable Message partial) {}
}
