package io.r1platform.engine;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One generation. Arrays are not copied: do not change them before {@link Engine#submit} returns.
 *
 * @param id the caller's, not 0, unique among the engine's unfinished requests
 * @param promptIds the whole prompt, BOS included, at least one token
 * @param maxTokens output tokens at most, end token included, at least 1; prompt and output
 *     together must fit {@link ModelInfo#contextTokens()}
 * @param minTokens output tokens before which neither end nor stop tokens are chosen
 * @param sampling how tokens are chosen
 * @param stopIds up to 16 tokens that end the output; they are part of it
 * @param ignoreEnd whether the model's end tokens are tokens like all others
 * @param priority the higher starts first; equals start in the order they came
 * @param deadline from submit, at most a day, or null for none; after it the request ends with
 *     DEADLINE
 * @param cacheSalt requests of equal salt may share computed prompt prefixes; 0 = share nothing
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; copied once, into the engine
public record GenerationRequest(
    long id,
    int[] promptIds,
    int maxTokens,
    int minTokens,
    Sampling sampling,
    int[] stopIds,
    boolean ignoreEnd,
    int priority,
    @Nullable Duration deadline,
    long cacheSalt) {
  private static final Duration DEADLINE_MAX = Duration.ofDays(1);

  /** Checks what does not depend on the model. */
  public GenerationRequest {
    Objects.requireNonNull(promptIds, "promptIds");
    Objects.requireNonNull(sampling, "sampling");
    Objects.requireNonNull(stopIds, "stopIds");
    if (id == 0) {
      throw new IllegalArgumentException("id must not be 0");
    }
    if (promptIds.length == 0) {
      throw new IllegalArgumentException("promptIds must have at least one token");
    }
    if (maxTokens < 1) {
      throw new IllegalArgumentException("maxTokens must be at least 1, is " + maxTokens);
    }
    if (minTokens < 0 || minTokens > maxTokens) {
      throw new IllegalArgumentException("minTokens must be 0 to maxTokens, is " + minTokens);
    }
    if (stopIds.length > 16) {
      throw new IllegalArgumentException("stopIds must be at most 16, are " + stopIds.length);
    }
    if (deadline != null && (!deadline.isPositive() || deadline.compareTo(DEADLINE_MAX) > 0)) {
      throw new IllegalArgumentException("deadline must be positive, to 1 day, is " + deadline);
    }
  }

  /** A greedy generation without further conditions. */
  public static GenerationRequest greedy(long id, int[] promptIds, int maxTokens) {
    return new GenerationRequest(
        id, promptIds, maxTokens, 0, Sampling.greedy(), new int[0], false, 0, null, 0);
  }

  /** The same with another sampling. */
  public GenerationRequest withSampling(Sampling other) {
    return new GenerationRequest(
        id, promptIds, maxTokens, minTokens, other, stopIds, ignoreEnd, priority, deadline,
        cacheSalt);
  }

  /** The same with these stop tokens. */
  public GenerationRequest withStopIds(int... ids) {
    return new GenerationRequest(
        id, promptIds, maxTokens, minTokens, sampling, ids, ignoreEnd, priority, deadline,
        cacheSalt);
  }

  /** The same, without end tokens and stop tokens before so many output tokens. */
  public GenerationRequest withMinTokens(int tokens) {
    return new GenerationRequest(
        id, promptIds, maxTokens, tokens, sampling, stopIds, ignoreEnd, priority, deadline,
        cacheSalt);
  }

  /** The same, with end tokens treated as all others. */
  public GenerationRequest ignoringEnd() {
    return new GenerationRequest(
        id, promptIds, maxTokens, minTokens, sampling, stopIds, true, priority, deadline,
        cacheSalt);
  }

  /** The same with another priority. */
  public GenerationRequest withPriority(int other) {
    return new GenerationRequest(
        id, promptIds, maxTokens, minTokens, sampling, stopIds, ignoreEnd, other, deadline,
        cacheSalt);
  }

  /** The same with a deadline, counted from submit. */
  public GenerationRequest withDeadline(Duration fromSubmit) {
    return new GenerationRequest(
        id,
        promptIds,
        maxTokens,
        minTokens,
        sampling,
        stopIds,
        ignoreEnd,
        priority,
        fromSubmit,
        cacheSalt);
  }

  /** The same, sharing prompt prefixes with requests of this salt. */
  public GenerationRequest withCacheSalt(long salt) {
    return new GenerationRequest(
        id, promptIds, maxTokens, minTokens, sampling, stopIds, ignoreEnd, priority, deadline,
        salt);
  }
}
