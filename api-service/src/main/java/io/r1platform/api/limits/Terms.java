package io.r1platform.api.limits;

import org.jspecify.annotations.Nullable;

/**
 * Limits of one scope, of one model or of all together. What is null is not limited; what is not is
 * from 1 to a billion.
 *
 * @param requestsPerMinute as many may come at once after a minute of rest
 * @param tokensPerMinute the same of tokens
 * @param concurrency requests that have not ended
 * @param queueLength requests that the engine has not begun
 */
public record Terms(
    @Nullable Long requestsPerMinute,
    @Nullable Long tokensPerMinute,
    @Nullable Long concurrency,
    @Nullable Long queueLength) {
  /** The highest that a limit may be. */
  public static final long HIGHEST = 1_000_000_000;

  /** Limits nothing. */
  public static final Terms UNLIMITED = new Terms(null, null, null, null);

  public Terms {
    check(requestsPerMinute);
    check(tokensPerMinute);
    check(concurrency);
    check(queueLength);
  }

  private static void check(@Nullable Long limit) {
    if (limit != null && (limit < 1 || limit > HIGHEST)) {
      throw new IllegalArgumentException("a limit is from 1 to %,d".formatted(HIGHEST));
    }
  }

  /** The limit of a kind; null if there is none. */
  public @Nullable Long of(Kind kind) {
    return switch (kind) {
      case REQUESTS -> requestsPerMinute;
      case TOKENS -> tokensPerMinute;
      case CONCURRENCY -> concurrency;
      case QUEUE -> queueLength;
    };
  }
}
