package io.r1platform.inference.receipts;

import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/**
 * What the engine generated for one attempt of one request; never changes.
 *
 * @param eventId the request, a UUIDv7
 * @param attempt from 1
 * @param modelId the model's number, the same in every service
 * @param replica the gateway's replica and epoch, as in {@code 1.3}
 * @param tokHit prompt tokens taken from the cache
 * @param tokMiss prompt tokens computed
 * @param tokReason output tokens up to {@code </think>}, inclusive
 * @param tokOut all output tokens
 * @param finish how it ended
 * @param outputSha256 SHA-256 over the output ids, each as big-endian i32; hex
 * @param startedAt when the engine took the request
 * @param endedAt when it ended
 */
public record Receipt(
    UUID eventId,
    int attempt,
    int modelId,
    String replica,
    int tokHit,
    int tokMiss,
    int tokReason,
    int tokOut,
    Finish finish,
    String outputSha256,
    Instant startedAt,
    Instant endedAt) {

  /** How a generation ended, as billing reads it. */
  public enum Finish {
    STOP,
    LENGTH,
    CANCELLED,
    DEADLINE,
    ERROR;

    /** Its name on the wire and in the table. */
    public String wire() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** Checks the counts. */
  public Receipt {
    Objects.requireNonNull(eventId, "eventId");
    if (attempt < 1 || tokHit < 0 || tokMiss < 0 || tokReason < 0 || tokOut < tokReason) {
      throw new IllegalArgumentException("A receipt with impossible counts for " + eventId);
    }
  }
}
