package io.r1platform.api.metering;

import io.r1platform.api.prices.Tokens;
import java.time.Instant;

/**
 * How a request ended and what the engine did for it, charged or not.
 *
 * @param finish how
 * @param generated every token that was read or generated
 * @param gatewaysCount whether {@code generated} is what the gateway saw, for want of the engine's
 *     exact count
 * @param ttftMillis from admission to the first token, 0 if there was none
 * @param outputSha256 the engine's hash of the token ids, 64 hex digits, zeros if unknown
 * @param finishedAt now
 * @param origin whose server generated them
 */
public record Outcome(
    Finish finish,
    Tokens generated,
    boolean gatewaysCount,
    int ttftMillis,
    String outputSha256,
    Instant finishedAt,
    Origin origin) {

  /** What our own engine did. */
  public Outcome(
      Finish finish,
      Tokens generated,
      boolean gatewaysCount,
      int ttftMillis,
      String outputSha256,
      Instant finishedAt) {
    this(finish, generated, gatewaysCount, ttftMillis, outputSha256, finishedAt, Origin.OWN);
  }

  /** An end without a token. */
  public static Outcome nothing(Finish finish, Instant now) {
    return new Outcome(finish, Tokens.NONE, true, 0, UsageRecord.NO_HASH, now);
  }
}
