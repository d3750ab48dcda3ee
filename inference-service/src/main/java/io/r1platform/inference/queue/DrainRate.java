package io.r1platform.inference.queue;

import java.time.Duration;
import java.time.Instant;

/** How fast a queue drains, over the last minute. Not safe for many threads at once. */
public final class DrainRate {
  private static final int WINDOW_SECONDS = 60;
  private static final long RETRY_SECONDS_MAX = 60;
  private static final long RETRY_SECONDS_UNKNOWN = 10;

  private final long[] seconds = new long[WINDOW_SECONDS];
  private final long[] requests = new long[WINDOW_SECONDS];
  private final long[] tokens = new long[WINDOW_SECONDS];
  private final long begun;

  /** Measures from {@code now}. */
  public DrainRate(Instant now) {
    this.begun = now.getEpochSecond();
  }

  /** A request of that cost has left the queue to run. */
  public void left(Instant now, long cost) {
    long second = now.getEpochSecond();
    int slot = (int) Math.floorMod(second, (long) WINDOW_SECONDS);
    if (seconds[slot] != second) {
      seconds[slot] = second;
      requests[slot] = 0;
      tokens[slot] = 0;
    }
    requests[slot]++;
    tokens[slot] += cost;
  }

  /** Requests a second. */
  public double requestsPerSecond(Instant now) {
    return sum(requests, now) / span(now);
  }

  /** Tokens a second. */
  public double tokensPerSecond(Instant now) {
    return sum(tokens, now) / span(now);
  }

  /**
   * When as much should have left: 1 to 60 s, 10 s if nothing left in the last minute.
   *
   * @param requestsOver requests that must leave
   * @param tokensOver tokens that must leave
   */
  public Duration retryAfter(Instant now, long requestsOver, long tokensOver) {
    double seconds =
        Math.max(
            wait(requestsOver, requestsPerSecond(now)), wait(tokensOver, tokensPerSecond(now)));
    return Duration.ofSeconds(Math.clamp((long) Math.ceil(seconds), 1, RETRY_SECONDS_MAX));
  }

  private static double wait(long over, double perSecond) {
    if (over <= 0) {
      return 0;
    }
    return perSecond == 0 ? RETRY_SECONDS_UNKNOWN : over / perSecond;
  }

  private double span(Instant now) {
    return Math.clamp(now.getEpochSecond() - begun, 1, WINDOW_SECONDS);
  }

  private double sum(long[] counts, Instant now) {
    long oldest = now.getEpochSecond() - WINDOW_SECONDS;
    long sum = 0;
    for (int slot = 0; slot < WINDOW_SECONDS; slot++) {
      sum += seconds[slot] > oldest ? counts[slot] : 0;
    }
    return sum;
  }
}
