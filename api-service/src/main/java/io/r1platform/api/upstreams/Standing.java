package io.r1platform.api.upstreams;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How a server does: its requests at this replica, its circuit breaker, its health, and the last
 * problems with it. In memory, of this replica alone.
 */
public final class Standing {
  private static final int MOST_PROBLEMS = 20;
  private static final int UNHEALTHY_AFTER = 2;

  private final AtomicInteger outstanding = new AtomicInteger();
  private final AtomicInteger missed = new AtomicInteger();
  private final CircuitBreaker breaker;
  private final Deque<Problem> problems = new ArrayDeque<>();
  private volatile @Nullable Instant checkedAt;
  private volatile @Nullable Long answeredNanos;

  /**
   * Something that an operator should know.
   *
   * @param why one word, for instance {@code http_500} or {@code usage_fell}
   * @param requestId the request, null if it was a check of health
   */
  public record Problem(Instant at, String why, @Nullable UUID requestId) {}

  /** What the breaker counts; it is thrown nowhere. */
  private static final class Failed extends RuntimeException {
    private Failed() {
      super("", null, false, false);
    }
  }

  Standing(String name, UpstreamSettings settings) {
    this.breaker = CircuitBreaker.of(name, config(settings));
  }

  private static CircuitBreakerConfig config(UpstreamSettings settings) {
    return CircuitBreakerConfig.custom()
        .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
        .slidingWindowSize(settings.breakerWindow())
        .minimumNumberOfCalls(Math.max(1, settings.breakerWindow() / 4))
        .failureRateThreshold(50)
        .waitDurationInOpenState(settings.breakerPause())
        .permittedNumberOfCallsInHalfOpenState(2)
        .build();
  }

  /** Whether it answered its last checks of health. */
  public boolean isHealthy() {
    return missed.get() < UNHEALTHY_AFTER;
  }

  /** When its health was last checked, null if never. */
  public @Nullable Instant checkedAt() {
    return checkedAt;
  }

  /** {@code closed}, {@code open} or {@code half_open}. */
  public String breaker() {
    return breaker.getState().name().toLowerCase(Locale.ROOT);
  }

  /** Requests that run there for this replica. */
  public int outstanding() {
    return outstanding.get();
  }

  /** The last problems, the newest first. */
  public List<Problem> problems() {
    synchronized (problems) {
      return List.copyOf(problems);
    }
  }

  boolean isOpen() {
    return breaker.getState() == CircuitBreaker.State.OPEN;
  }

  /**
   * Takes a place for one attempt; false if the breaker lets none through.
   *
   * @param regardless of the breaker, for want of another server
   */
  boolean begin(boolean regardless) {
    if (!breaker.tryAcquirePermission() && !regardless) {
      return false;
    }
    outstanding.incrementAndGet();
    return true;
  }

  /** It began to answer some request at this time of {@link System#nanoTime}. */
  public void answers(long nanos) {
    answeredNanos = nanos;
  }

  /** Whether it began to answer any request since then, in {@link System#nanoTime}. */
  public boolean hasAnsweredSince(long nanos) {
    Long last = answeredNanos;
    return last != null && last - nanos >= 0;
  }

  /** The attempt went well, or failed for a reason that is not the server's. */
  public void succeeded() {
    outstanding.decrementAndGet();
    breaker.onSuccess(0, TimeUnit.MILLISECONDS);
  }

  /** The attempt failed by the server's fault. */
  public void failed(Problem problem) {
    outstanding.decrementAndGet();
    breaker.onError(0, TimeUnit.MILLISECONDS, new Failed());
    note(problem);
  }

  /** The attempt ended before it could be judged. */
  public void released() {
    outstanding.decrementAndGet();
    breaker.releasePermission();
  }

  /** Takes note of a problem that is no failure. */
  public void note(Problem problem) {
    synchronized (problems) {
      problems.addFirst(problem);
      if (problems.size() > MOST_PROBLEMS) {
        problems.removeLast();
      }
    }
  }

  /** It answered a check of health. */
  void answered(Instant at) {
    checkedAt = at;
    missed.set(0);
  }

  /** It did not. */
  void missed(Instant at, String why) {
    checkedAt = at;
    if (missed.incrementAndGet() == UNHEALTHY_AFTER) {
      note(new Problem(at, why, null));
    }
  }
}
