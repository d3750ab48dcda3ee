package io.r1platform.api.statements;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.Caller;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToLongFunction;

/**
 * Lets so many calls that nobody pays for run at once, in all and of one organization or project.
 */
public final class FreeCalls {
  private static final Duration SOON = Duration.ofSeconds(1);
  private static final Duration LATER = Duration.ofSeconds(5);

  private final Semaphore all;
  private final int mostOfOne;
  private final String one;
  private final ToLongFunction<Caller> of;
  private final Map<Long, Integer> running = new ConcurrentHashMap<>();

  /** Ends the call; later calls do nothing. */
  public interface Place extends AutoCloseable {
    @Override
    void close();
  }

  /** Limits of all organizations together and of each. */
  public FreeCalls(int most, int mostOfOne) {
    this(most, mostOfOne, "organization", Caller::organizationId);
  }

  private FreeCalls(int most, int mostOfOne, String one, ToLongFunction<Caller> of) {
    this.all = new Semaphore(most);
    this.mostOfOne = mostOfOne;
    this.one = one;
    this.of = of;
  }

  /** A limit of each project alone. */
  public static FreeCalls ofProjects(int mostOfOne) {
    return new FreeCalls(Integer.MAX_VALUE, mostOfOne, "project", Caller::projectId);
  }

  /**
   * Begins a call, if there is a place.
   *
   * @throws ServiceException 429 rate_limit_exceeded where that organization or project asks too
   *     much at once, 503 engine_overloaded where all do
   */
  public Place begin(Caller caller) {
    long id = of.applyAsLong(caller);
    if (running.merge(id, 1, Integer::sum) > mostOfOne) {
      end(id);
      throw ServiceException.later(
          ErrorCode.RATE_LIMIT_EXCEEDED,
          SOON,
          "Your %s has %d such questions running. Nothing was charged. Send it again."
              .formatted(one, mostOfOne));
    }
    if (!all.tryAcquire()) {
      end(id);
      throw ServiceException.later(
          ErrorCode.ENGINE_OVERLOADED,
          LATER,
          "Too many such questions are asked now. Nothing was charged. Send it again.");
    }
    var open = new AtomicBoolean(true);
    return () -> {
      if (open.compareAndSet(true, false)) {
        all.release();
        end(id);
      }
    };
  }

  private void end(long id) {
    running.computeIfPresent(id, (key, n) -> n == 1 ? null : n - 1);
  }
}
