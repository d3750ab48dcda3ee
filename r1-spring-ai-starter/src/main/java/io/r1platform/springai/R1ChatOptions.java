package io.r1platform.springai;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.model.tool.DefaultToolCallingChatOptions;
import org.springframework.ai.model.tool.StructuredOutputChatOptions;
import org.springframework.ai.model.tool.ToolCallingChatOptions;

/**
 * What a call may ask of R1. Beside Spring AI's own options: a seed, min-p, logprobs, a tool that
 * must be called, and a JSON Schema that the answer after the reasoning satisfies. What is null
 * falls back to the application's settings.
 */
public final class R1ChatOptions extends DefaultToolCallingChatOptions
    implements StructuredOutputChatOptions {
  private final @Nullable String outputSchema;
  private final @Nullable Long seed;
  private final @Nullable Double minP;
  private final @Nullable Integer topLogprobs;
  private final @Nullable String toolChoice;

  private R1ChatOptions(ToolCallingChatOptions common, Builder builder) {
    super(
        common.getToolCallbacks(),
        common.getToolContext(),
        common.getModel(),
        common.getFrequencyPenalty(),
        common.getMaxTokens(),
        common.getPresencePenalty(),
        common.getStopSequences(),
        common.getTemperature(),
        common.getTopK(),
        common.getTopP());
    this.outputSchema = builder.outputSchema;
    this.seed = builder.seed;
    this.minP = builder.minP;
    this.topLogprobs = builder.topLogprobs;
    this.toolChoice = builder.toolChoice;
  }

  /** Nothing set. */
  public static Builder builder() {
    return new Builder();
  }

  /** The JSON Schema of the answer; a subset, see {@code docs/spring-ai.md}. */
  @Override
  public @Nullable String getOutputSchema() {
    return outputSchema;
  }

  /** The seed of the draw: equal calls with equal seeds give equal tokens. */
  public @Nullable Long getSeed() {
    return seed;
  }

  /** Drops what is less likely than this share of the likeliest token, 0 to 1. */
  public @Nullable Double getMinP() {
    return minP;
  }

  /** How many alternatives each token's logprob comes with, 0 to 20; null = no logprobs. */
  public @Nullable Integer getTopLogprobs() {
    return topLogprobs;
  }

  /**
   * The name of the tool that the answer must call, with arguments of its schema; null = the model
   * decides. After a tool's output the model is free, so that a loop of calls ends.
   */
  public @Nullable String getToolChoice() {
    return toolChoice;
  }

  @Override
  public Builder mutate() {
    return new Builder()
        .model(getModel())
        .frequencyPenalty(getFrequencyPenalty())
        .maxTokens(getMaxTokens())
        .presencePenalty(getPresencePenalty())
        .stopSequences(getStopSequences())
        .temperature(getTemperature())
        .topK(getTopK())
        .topP(getTopP())
        .toolCallbacks(getToolCallbacks())
        .toolContext(getToolContext())
        .outputSchema(outputSchema)
        .seed(seed)
        .minP(minP)
        .topLogprobs(topLogprobs)
        .toolChoice(toolChoice);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return super.equals(other)
        && other instanceof R1ChatOptions that
        && Objects.equals(outputSchema, that.outputSchema)
        && Objects.equals(seed, that.seed)
        && Objects.equals(minP, that.minP)
        && Objects.equals(topLogprobs, that.topLogprobs)
        && Objects.equals(toolChoice, that.toolChoice);
  }

  @Override
  public int hashCode() {
    return Objects.hash(super.hashCode(), outputSchema, seed, minP, topLogprobs, toolChoice);
  }

  /** Collects options. */
  public static final class Builder extends DefaultToolCallingChatOptions.Builder<Builder>
      implements StructuredOutputChatOptions.Builder<Builder> {
    private @Nullable String outputSchema;
    private @Nullable Long seed;
    private @Nullable Double minP;
    private @Nullable Integer topLogprobs;
    private @Nullable String toolChoice;

    private Builder() {}

    @Override
    public Builder outputSchema(@Nullable String schema) {
      this.outputSchema = schema;
      return this;
    }

    /** See {@link R1ChatOptions#getSeed}. */
    public Builder seed(@Nullable Long value) {
      this.seed = value;
      return this;
    }

    /** See {@link R1ChatOptions#getMinP}. */
    public Builder minP(@Nullable Double value) {
      this.minP = value;
      return this;
    }

    /** See {@link R1ChatOptions#getTopLogprobs}. */
    public Builder topLogprobs(@Nullable Integer value) {
      this.topLogprobs = value;
      return this;
    }

    /** See {@link R1ChatOptions#getToolChoice}. */
    public Builder toolChoice(@Nullable String tool) {
      this.toolChoice = tool;
      return this;
    }

    /** Takes over what the other has set. */
    @Override
    public Builder combineWith(ChatOptions.Builder<?> other) {
      super.combineWith(other);
      if (other instanceof StructuredOutputChatOptions.Builder<?>
          && other.build() instanceof StructuredOutputChatOptions structured
          && structured.getOutputSchema() != null) {
        outputSchema = structured.getOutputSchema();
      }
      if (other instanceof Builder own) {
        seed = own.seed == null ? seed : own.seed;
        minP = own.minP == null ? minP : own.minP;
        topLogprobs = own.topLogprobs == null ? topLogprobs : own.topLogprobs;
        toolChoice = own.toolChoice == null ? toolChoice : own.toolChoice;
      }
      return this;
    }

    @Override
    public R1ChatOptions build() {
      return new R1ChatOptions(super.build(), this);
    }
  }
}
