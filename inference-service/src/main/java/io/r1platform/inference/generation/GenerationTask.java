package io.r1platform.inference.generation;

import io.r1platform.inference.queue.Share;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What to generate, and for which request.
 *
 * @param model the name of its model
 * @param eventId the request, a UUIDv7
 * @param attempt from 1
 * @param replica the gateway's replica and epoch, as in {@code 1.3}
 * @param promptIds the whole prompt; not to be changed
 * @param maxTokens most output tokens, at least 1; with the prompt they fit the context
 * @param temperature 0 to 2; 0 takes the likeliest token
 * @param topP over 0, to 1
 * @param seed of the draw
 * @param cacheSalt requests of equal salt may share computed prompts; 0 shares nothing
 * @param thinkCloseId the token that ends reasoning; −1 = there is none, all output is answer
 * @param share who asks, as far as fairness goes
 * @param wishes what else is asked
 * @param choice its index among the choices of its request
 * @param choices all choices of its request, or null if it is the only one
 * @param traceparent the gateway's span in W3C's form, or null if the request is not traced
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record GenerationTask(
    String model,
    UUID eventId,
    int attempt,
    String replica,
    int[] promptIds,
    int maxTokens,
    float temperature,
    float topP,
    long seed,
    long cacheSalt,
    int thinkCloseId,
    Share share,
    Wishes wishes,
    int choice,
    @Nullable Choices choices,
    @Nullable String traceparent) {
  /** Checks that what must be there is. */
  public GenerationTask {
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(eventId, "eventId");
    Objects.requireNonNull(replica, "replica");
    Objects.requireNonNull(promptIds, "promptIds");
    Objects.requireNonNull(share, "share");
    Objects.requireNonNull(wishes, "wishes");
  }

  /** One that asks nothing else and is the only choice. */
  public GenerationTask(
      String model,
      UUID eventId,
      int attempt,
      String replica,
      int[] promptIds,
      int maxTokens,
      float temperature,
      float topP,
      long seed,
      long cacheSalt,
      int thinkCloseId,
      Share share) {
    this(
        model,
        eventId,
        attempt,
        replica,
        promptIds,
        maxTokens,
        temperature,
        topP,
        seed,
        cacheSalt,
        thinkCloseId,
        share,
        Wishes.NONE,
        0,
        null,
        null);
  }

  /** The same with other wishes. */
  public GenerationTask with(Wishes other) {
    return with(other, traceparent);
  }

  /** The same with other wishes, in a trace or not. */
  public GenerationTask with(Wishes other, @Nullable String parent) {
    return new GenerationTask(
        model,
        eventId,
        attempt,
        replica,
        promptIds,
        maxTokens,
        temperature,
        topP,
        seed,
        cacheSalt,
        thinkCloseId,
        share,
        other,
        choice,
        choices,
        parent);
  }

  /** The same without its caller's limit, if that is not below the service's own. */
  GenerationTask under(Duration deadline) {
    Duration timeout = wishes.timeout();
    return timeout == null || timeout.compareTo(deadline) < 0 ? this : with(wishes.within(null));
  }

  /** The same as one of several choices; each draws from a seed of its own. */
  public GenerationTask asChoice(int index, Choices all) {
    return new GenerationTask(
        model,
        eventId,
        attempt,
        replica,
        promptIds,
        maxTokens,
        temperature,
        topP,
        seed + index,
        cacheSalt,
        thinkCloseId,
        share,
        wishes,
        index,
        all,
        traceparent);
  }
}
