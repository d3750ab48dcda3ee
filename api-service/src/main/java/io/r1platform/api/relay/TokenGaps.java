package io.r1platform.api.relay;

import org.jspecify.annotations.Nullable;

/**
 * Times between the tokens of one answer, in buckets that grow by a quarter from 100 µs to a
 * minute: a percentile is right within an eighth. A token costs an addition and allocates nothing;
 * tokens that come together share their time. Not for use by several threads at once.
 */
final class TokenGaps {
  private static final long FIRST_NANOS = 100_000;
  private static final double GROWTH = 1.25;
  private static final int BUCKETS = 61;
  private static final double LOG_GROWTH = Math.log(GROWTH);
  private static final long NANOS_A_MICRO = 1_000;

  private final int[] counts = new int[BUCKETS];
  private int total;
  private int tokens;
  private long lastNanos;

  /** Says that so many tokens have come in all by then. */
  void seen(int allTokens, long nowNanos) {
    int fresh = allTokens - tokens;
    if (fresh <= 0) {
      return;
    }
    int timed = tokens == 0 ? fresh - 1 : fresh; // the first token ends no gap
    if (timed > 0) {
      long gap = tokens == 0 ? 0 : (nowNanos - lastNanos) / fresh;
      counts[bucket(gap)] += timed;
      total += timed;
    }
    tokens = allTokens;
    lastNanos = nowNanos;
  }

  /** The gap in microseconds that this share of gaps does not exceed; null if there was none. */
  @Nullable Long percentileMicros(double share) {
    if (total == 0) {
      return null;
    }
    long wanted = (long) Math.ceil(share * total);
    long found = 0;
    int bucket = 0;
    while (bucket < BUCKETS - 1 && found + counts[bucket] < wanted) {
      found += counts[bucket++];
    }
    double upper = FIRST_NANOS * Math.pow(GROWTH, bucket);
    double middle = upper * (1 + 1 / GROWTH) / 2;
    return Math.round(middle / NANOS_A_MICRO);
  }

  private static int bucket(long nanos) {
    if (nanos <= FIRST_NANOS) {
      return 0;
    }
    double steps = Math.log((double) nanos / FIRST_NANOS) / LOG_GROWTH;
    return Math.min(BUCKETS - 1, (int) Math.ceil(steps));
  }
}
