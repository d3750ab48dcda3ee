package io.r1platform.inference.generation;

import java.time.Duration;
import java.time.Instant;

/**
 * Tells a hung engine from a slow one: it has work, gives no event and computes no batch for too
 * long. Used by one thread.
 */
final class StallWatch {
  private final Duration longest;
  private Instant movedAt;
  private long steps;

  StallWatch(Duration longest, Instant now) {
    this.longest = longest;
    this.movedAt = now;
  }

  /**
   * Looks once.
   *
   * @param busy whether generations are open
   * @param events whether any event came since the last look
   * @param stepsNow batches that the engine has computed
   * @return whether it stands still
   */
  boolean stalled(Instant now, boolean busy, boolean events, long stepsNow) {
    if (!busy || events || stepsNow != steps) {
      movedAt = now;
      steps = stepsNow;
      return false;
    }
    return !now.isBefore(movedAt.plus(longest));
  }
}
