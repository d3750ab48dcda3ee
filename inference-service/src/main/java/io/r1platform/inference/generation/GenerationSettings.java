package io.r1platform.inference.generation;

import io.r1platform.engine.EngineOptions;
import io.r1platform.inference.models.ModelPlan;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The engines and their limits; each model has an engine of its own.
 *
 * @param backend what computes: {@code llamacpp} or {@code trtllm}, of which a process has only one
 * @param backendOptions the backend's own settings, a JSON object; empty = none
 * @param maxRunning requests that generate at the same time: 1 to 240 on llamacpp, else to 8,192
 * @param maxWaiting requests that wait beside them, at least 1; more are refused
 * @param maxWaitingTokens sum of prompts and expected outputs of what waits, at least 1; more is
 *     refused
 * @param contextTokens longest prompt and output together; 0 = the model's
 * @param threads computing threads; 0 = cores − 1
 * @param queueTimeout how long a request may wait for its first token
 * @param deadline how long a request may take in all
 * @param stallTimeout how long an engine with work may stand still, or its thread stay away, before
 *     it counts as dead; at least 2 s
 * @param receiptTimeout how long a finished request waits for its receipt to be durable
 * @param drainTimeout how long running requests may go on after SIGTERM
 */
@ConfigurationProperties("r1.inference.generation")
record GenerationSettings(
    @DefaultValue("llamacpp") EngineOptions.Backend backend,
    @DefaultValue("") String backendOptions,
    @DefaultValue("16") int maxRunning,
    @DefaultValue("1024") int maxWaiting,
    @DefaultValue("4000000") long maxWaitingTokens,
    @DefaultValue("0") int contextTokens,
    @DefaultValue("0") int threads,
    @DefaultValue("10m") Duration queueTimeout,
    @DefaultValue("60m") Duration deadline,
    @DefaultValue("120s") Duration stallTimeout,
    @DefaultValue("10s") Duration receiptTimeout,
    @DefaultValue("120s") Duration drainTimeout) {
  private static final Duration SHORTEST_STALL = Duration.ofSeconds(2);

  GenerationSettings {
    if (maxWaiting < 1 || maxWaitingTokens < 1) {
      throw new IllegalArgumentException(
          "r1.inference.generation: max-waiting and max-waiting-tokens must be at least 1");
    }
    positive("queue-timeout", queueTimeout);
    positive("deadline", deadline);
    positive("receipt-timeout", receiptTimeout);
    if (stallTimeout.compareTo(SHORTEST_STALL) < 0) {
      throw new IllegalArgumentException(
          "r1.inference.generation.stall-timeout must be at least 2s");
    }
    if (drainTimeout.isNegative()) {
      throw new IllegalArgumentException("r1.inference.generation.drain-timeout is negative");
    }
  }

  /** Requests of this model that generate at the same time. */
  int maxRunning(ModelPlan plan) {
    return plan.maxRunning() == 0 ? maxRunning : plan.maxRunning();
  }

  /** Longest prompt and output of this model together; 0 = what it was trained for. */
  int contextTokens(ModelPlan plan) {
    return plan.contextTokens() == 0 ? contextTokens : plan.contextTokens();
  }

  private static void positive(String name, Duration duration) {
    if (!duration.isPositive()) {
      throw new IllegalArgumentException("r1.inference.generation." + name + " must be positive");
    }
  }
}
