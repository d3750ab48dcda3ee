package io.r1platform.springai;

import io.r1platform.engine.EngineOptions;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * R1 inside this application.
 *
 * @param model the GGUF file, or the checkpoint's directory for trtllm; must be set
 * @param name the model's name in options, responses and observations
 * @param backend llamacpp (processor) or trtllm (NVIDIA GPUs, not run on one yet)
 * @param backendOptions the backend's own settings as JSON; empty = none
 * @param threads computing threads; 0 = all cores but one
 * @param contextTokens longest prompt and output together; 0 = the model's own
 * @param maxRunning calls that generate at the same time
 * @param maxWaiting calls that wait beside them; one more is refused as OVERLOADED
 * @param sharePrefixes whether calls reuse what earlier prompts with the same beginning computed;
 *     false where users must not learn from timing what others asked
 * @param deadline longest time from a call to its end, to one day
 * @param drain how long running calls may go on when the application stops
 * @param options what calls get that do not say otherwise
 */
@ConfigurationProperties("r1.chat")
record R1ChatProperties(
    @Nullable Path model,
    @DefaultValue("r1-nano") String name,
    @DefaultValue("llamacpp") EngineOptions.Backend backend,
    @DefaultValue("") String backendOptions,
    @DefaultValue("0") int threads,
    @DefaultValue("0") int contextTokens,
    @DefaultValue("16") int maxRunning,
    @DefaultValue("64") int maxWaiting,
    @DefaultValue("true") boolean sharePrefixes,
    @DefaultValue("10m") Duration deadline,
    @DefaultValue("20s") Duration drain,
    @DefaultValue Options options) {
  private static final Duration DEADLINE_MAX = Duration.ofDays(1);

  /**
   * What calls get that do not say otherwise.
   *
   * @param temperature 0 takes the likeliest token
   * @param topP keeps the likeliest tokens up to this probability
   * @param maxTokens most output tokens, reasoning included; unset = what the context leaves
   */
  record Options(
      @DefaultValue("0.6") double temperature,
      @DefaultValue("0.95") double topP,
      @Nullable Integer maxTokens) {}

  R1ChatProperties {
    if (name.isBlank()) {
      throw new IllegalArgumentException("r1.chat.name must not be blank");
    }
    if (!deadline.isPositive() || deadline.compareTo(DEADLINE_MAX) > 0 || drain.isNegative()) {
      throw new IllegalArgumentException(
          "r1.chat.deadline must be positive, to 1 day, and r1.chat.drain not negative");
    }
  }

  EngineOptions engineOptions() {
    if (model == null) {
      throw new IllegalArgumentException(
          "r1.chat.model must name the model file; or select another chat model with"
              + " spring.ai.model.chat");
    }
    return EngineOptions.of(backend, model)
        .withBackendJson(backendOptions)
        .withRequests(maxRunning, maxWaiting)
        .withContextTokens(contextTokens)
        .withThreads(threads)
        .withFeatures(sharePrefixes, true);
  }

  R1ChatOptions chatOptions() {
    return R1ChatOptions.builder()
        .model(name)
        .temperature(options.temperature())
        .topP(options.topP())
        .maxTokens(options.maxTokens())
        .build();
  }
}
