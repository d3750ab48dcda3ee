package io.r1platform.inference.queue;

/**
 * The most that may wait.
 *
 * @param requests how many
 * @param tokens sum of their expected costs; a single larger one may wait alone
 */
public record QueueLimits(int requests, long tokens) {
  /** Checks both. */
  public QueueLimits {
    if (requests < 1 || tokens < 1) {
      throw new IllegalArgumentException("a queue's limits are at least 1");
    }
  }
}
