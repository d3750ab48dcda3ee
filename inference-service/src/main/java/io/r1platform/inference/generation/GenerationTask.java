package io.r1platform.inference.generation;

import io.r1platform.inference.queue.Share;
import java.util.Objects;
import java.util.UUID;

/**
 * What to generate, and for which request.
 *
 * @param eventId the request, a UUIDv7
 * @param attempt from 1
 * @param replica the gateway's replica and epoch, as in {@code 1.3}
 * @param promptIds the whole prompt; not to be changed
 * @param maxTokens most output tokens, at least 1; with the prompt they fit the context
 * @param temperature 0 to 2; 0 takes the likeliest token
 * @param topP over 0, to 1
 * @param seed of the draw
 * @param cacheSalt requests of equal salt may share computed prompts; 0 shares nothing
 * @param thinkCloseId the token that ends reasoning
 * @param share who asks, as far as fairness goes
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record GenerationTask(
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
  /** Checks that what must be there is. */
  public GenerationTask {
    Objects.requireNonNull(eventId, "eventId");
    Objects.requireNonNull(replica, "replica");
    Objects.requireNonNull(promptIds, "promptIds");
    Objects.requireNonNull(share, "share");
  }
}
