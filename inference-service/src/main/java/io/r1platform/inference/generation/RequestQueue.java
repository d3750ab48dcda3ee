package io.r1platform.inference.generation;

import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.generation.GenerationEvent.Usage;
import io.r1platform.inference.queue.DrainRate;
import io.r1platform.inference.queue.FairQueue;
import io.r1platform.inference.queue.Place;
import io.r1platform.inference.queue.QueueLimits;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What waits for one engine. The engine is given only what it can run at once, so who is next is
 * decided here, at the moment when a place comes free. For many threads.
 */
final class RequestQueue {
  private static final Logger LOG = LoggerFactory.getLogger(RequestQueue.class);
  private static final Duration LOG_PAUSE = Duration.ofSeconds(10);
  private static final double FIRST_MEAN_OUTPUT = 512;
  private static final double NEWEST_SHARE = 1.0 / 16;

  /** The engine, as the queue sees it. */
  interface Runner {
    /** Cells of its cache for running requests; each needs one for every token it may have. */
    long cells();

    /** Hands one to the engine; an exception means that it was not taken. */
    void submit(Generation generation);

    /** It was not taken, and must be ended. */
    void refused(Generation generation, RuntimeException why);
  }

  private record Refused(Generation generation, RuntimeException why) {}

  private final String model;
  private final QueueLimits limits;
  private final int maxRunning;
  private final Clock clock;
  private final Runner runner;
  private final ReentrantLock lock = new ReentrantLock();
  private final FairQueue<Generation> queue;
  private final DrainRate drainRate;
  private final Map<Long, Place<Generation>> waiting = new HashMap<>();
  private final Map<Long, Place<Generation>> running = new HashMap<>();
  private long runningCells;
  private double meanOutput = FIRST_MEAN_OUTPUT;
  private boolean closed;
  private Instant loggedAt = Instant.MIN;
  private long refusedSinceLog;

  RequestQueue(String model, QueueLimits limits, int maxRunning, Clock clock, Runner runner) {
    this.model = model;
    this.limits = limits;
    this.maxRunning = maxRunning;
    this.clock = clock;
    this.runner = runner;
    this.queue = new FairQueue<>(limits);
    this.drainRate = new DrainRate(clock.instant());
  }

  /** Lets one wait, or run at once; see {@link #addAll}. */
  void add(Generation generation) {
    addAll(List.of(generation));
  }

  /**
   * Lets them wait, or run at once: the choices of one request, all or none.
   *
   * @throws ServiceException engine_overloaded, server_draining; then none was taken
   */
  void addAll(List<Generation> choices) {
    List<Refused> refused;
    lock.lock();
    try {
      requireOpen();
      place(choices);
      refused = runNext();
    } finally {
      lock.unlock();
    }
    tell(refused);
  }

  /**
   * Whether one more request could wait, whatever its length.
   *
   * @throws ServiceException engine_overloaded, server_draining
   */
  void requireRoom() {
    lock.lock();
    try {
      requireOpen();
      if (queue.requests() >= limits.requests()) {
        throw overloaded(0);
      }
    } finally {
      lock.unlock();
    }
  }

  private void requireOpen() {
    if (closed) {
      throw ServiceException.retryable(
          ErrorCode.SERVER_DRAINING,
          "The model is shutting down. Nothing was charged; send the request again.",
          Generation.RETRY_DRAINING);
    }
  }

  private void place(List<Generation> choices) {
    GenerationTask task = choices.getFirst().task();
    long cost = task.promptIds().length + Math.min(task.maxTokens(), Math.round(meanOutput));
    List<Place<Generation>> places = queue.addAll(task.share(), cost, choices);
    if (places.isEmpty()) {
      throw overloaded(cost * choices.size());
    }
    places.forEach(place -> waiting.put(place.item().engineId(), place));
  }

  /** Removes one that waits; null if it does not. Whoever removes it must end it. */
  @Nullable Generation remove(long engineId) {
    List<Refused> refused;
    Generation removed;
    lock.lock();
    try {
      Place<Generation> place = waiting.remove(engineId);
      if (place == null) {
        return null;
      }
      queue.remove(place);
      removed = place.item();
      refused = runNext(); // it may have stood before others for want of cells
    } finally {
      lock.unlock();
    }
    tell(refused);
    return removed;
  }

  /** One that ran has ended: the next runs. Harmless for one that never ran. */
  void ended(Generation generation, Usage usage) {
    List<Refused> refused;
    lock.lock();
    try {
      Place<Generation> place = running.remove(generation.engineId());
      if (place == null) {
        return;
      }
      runningCells -= cells(generation);
      if (usage.output() > 0) {
        meanOutput += (usage.output() - meanOutput) * NEWEST_SHARE;
      }
      queue.settle(place, usage.promptMiss() + usage.output());
      refused = runNext();
    } finally {
      lock.unlock();
    }
    tell(refused);
  }

  /** Takes nothing more, and gives up what waits: the caller must end it. */
  List<Generation> close() {
    lock.lock();
    try {
      closed = true;
      List<Generation> left = waiting.values().stream().map(Place::item).toList();
      waiting.values().forEach(queue::remove);
      waiting.clear();
      return left;
    } finally {
      lock.unlock();
    }
  }

  /** Requests that wait. */
  int requests() {
    lock.lock();
    try {
      return queue.requests();
    } finally {
      lock.unlock();
    }
  }

  /** Tokens that they are expected to take. */
  long tokens() {
    lock.lock();
    try {
      return queue.tokens();
    } finally {
      lock.unlock();
    }
  }

  private List<Refused> runNext() {
    var refused = new ArrayList<Refused>();
    while (!closed && running.size() < maxRunning) {
      Place<Generation> place = queue.take(this::fits);
      if (place == null) {
        break;
      }
      Generation generation = place.item();
      Instant now = clock.instant();
      waiting.remove(generation.engineId());
      running.put(generation.engineId(), place);
      runningCells += cells(generation);
      drainRate.left(now, place.cost());
      generation.waitedUntil(now);
      try {
        runner.submit(generation);
      } catch (RuntimeException e) {
        running.remove(generation.engineId());
        runningCells -= cells(generation);
        queue.settle(place, 0);
        refused.add(new Refused(generation, e));
      }
    }
    return refused;
  }

  private void tell(List<Refused> refused) {
    refused.forEach(each -> runner.refused(each.generation(), each.why()));
  }

  private boolean fits(Generation generation) {
    return running.isEmpty() || runningCells + cells(generation) <= runner.cells();
  }

  private static long cells(Generation generation) {
    return (long) generation.task().promptIds().length + generation.task().maxTokens();
  }

  private ServiceException overloaded(long cost) {
    Instant now = clock.instant();
    refusedSinceLog++;
    if (loggedAt.isBefore(now.minus(LOG_PAUSE))) {
      LOG.warn(
          "{} is overloaded: {} requests with {} tokens wait, {} refused since the last such line;"
              + " {} requests and {} tokens a second leave the queue",
          model,
          queue.requests(),
          queue.tokens(),
          refusedSinceLog,
          drainRate.requestsPerSecond(now),
          drainRate.tokensPerSecond(now));
      loggedAt = now;
      refusedSinceLog = 0;
    }
    int requestsOver = queue.requests() + 1 - limits.requests();
    return ServiceException.retryable(
        ErrorCode.ENGINE_OVERLOADED,
        "The queue of the model is full in %s. Nothing was charged; send the request again."
            .formatted(requestsOver > 0 ? "requests" : "tokens"),
        drainRate.retryAfter(now, requestsOver, queue.tokensOver(cost)));
  }
}
