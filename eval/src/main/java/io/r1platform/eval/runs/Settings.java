package io.r1platform.eval.runs;

import org.jspecify.annotations.Nullable;

/**
 * What decides a run's requests; one directory holds one run.
 *
 * @param model the name in requests
 * @param samples answers asked for each problem, 1 to 64
 * @param maxTokens of one answer with its reasoning; null = the platform's default
 * @param temperature null = the platform's default, as top-p
 * @param topP null = the platform's default
 * @param seed of the samples' seeds, the siblings, the pairs and the bootstrap
 * @param plain whether questions are sent without an instruction
 * @param siblings problems made of each problem's template, for the contamination report
 * @param keepsReasoning whether the journal keeps the reasoning too
 */
public record Settings(
    String model,
    int samples,
    @Nullable Integer maxTokens,
    @Nullable Double temperature,
    @Nullable Double topP,
    long seed,
    boolean plain,
    int siblings,
    boolean keepsReasoning) {
  private static final int SAMPLES_MAX = 64;

  /** Checks the ranges. */
  public Settings {
    rule(samples >= 1 && samples <= SAMPLES_MAX, "--samples must be 1 to " + SAMPLES_MAX);
    rule(maxTokens == null || maxTokens >= 1, "--max-tokens must be at least 1");
    rule(siblings >= 0 && siblings <= 20, "--siblings must be 0 to 20");
    rule(!model.isBlank(), "--model must not be empty");
  }

  private static void rule(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
