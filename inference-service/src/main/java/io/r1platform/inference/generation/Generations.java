package io.r1platform.inference.generation;

import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.receipts.ReceiptsLost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Starts generations and finds those that wait or run; each model has an engine and a queue of its
 * own. Started last and stopped first: at the end new work is refused, waiting work ends, running
 * work gets the drain time; what is cut off ends with an error and its usage.
 */
@Component
public final class Generations implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(Generations.class);
  private static final Duration AFTER_DRAIN = Duration.ofSeconds(10);
  private static final Duration AT_EXIT = Duration.ofSeconds(4); // it has 20 s in all

  private final GenerationSettings settings;
  private final Engines engines;
  private final LiveGenerations live;
  private final ProcessExit exit;
  private volatile boolean running;
  private volatile boolean draining;

  Generations(GenerationSettings settings, Engines engines, ProcessExit exit) {
    this.settings = settings;
    this.engines = engines;
    this.live = engines.live();
    this.exit = exit;
  }

  /**
   * Lets a request wait for its model's engine and returns at once; the listener hears the rest.
   *
   * @throws ServiceException engine_overloaded with a time to retry if the queue is full,
   *     model_not_found, engine_unavailable, server_draining, metering_unavailable,
   *     context_length_exceeded; then nothing was taken and the listener hears nothing
   */
  public Generation start(GenerationTask task, GenerationListener listener) {
    return start(List.of(task), List.of(listener)).getFirst();
  }

  /**
   * The same for several choices of one request: all or none.
   *
   * @param listeners one for each choice, by index; at most 8
   * @param choices of as many choices; has the total when all have ended
   */
  public List<Generation> start(
      GenerationTask task, List<? extends GenerationListener> listeners, Choices choices) {
    if (listeners.size() == 1) { // has all counts itself
      return List.of(start(task, listeners.getFirst()));
    }
    var tasks = new ArrayList<GenerationTask>();
    for (int index = 0; index < listeners.size(); index++) {
      tasks.add(task.asChoice(index, choices));
    }
    return start(tasks, listeners);
  }

  private List<Generation> start(
      List<GenerationTask> tasks, List<? extends GenerationListener> listeners) {
    EngineHost host = engines.require(tasks.getFirst().model());
    try {
      if (draining) {
        throw drainingNow();
      }
      return host.start(tasks, listeners);
    } catch (ServiceException e) {
      host.rejected(e.code());
      throw e;
    }
  }

  /**
   * Refuses now what {@link #start} would refuse, before anything is spent on reading it.
   *
   * @throws ServiceException as {@link #start} does, but for what depends on the request itself
   */
  public void requireRoom(String model) {
    EngineHost host = engines.require(model);
    try {
      if (draining) {
        throw drainingNow();
      }
      host.requireRoom();
    } catch (ServiceException e) {
      host.rejected(e.code());
      throw e;
    }
  }

  /** The generation of a request that waits or runs, or one of its choices. */
  public Optional<Generation> find(UUID eventId) {
    return Optional.ofNullable(live.find(eventId));
  }

  /**
   * The tokenizer of a model.
   *
   * @throws ServiceException model_not_found; engine_unavailable while it is not ready
   */
  public Vocabulary vocabulary(String model) {
    return engines.require(model).vocabulary();
  }

  /** Whether every engine's thread turns, but for those whose death was contained. */
  public boolean alive() {
    return !running || (!exit.begun() && engines.all().stream().allMatch(EngineHost::alive));
  }

  /** The same for one model; false where it is gone. */
  public boolean alive(String model) {
    EngineHost host = engines.find(model);
    return host != null && host.alive() && !exit.begun();
  }

  /** Whether new work is refused, since the process ends. */
  boolean draining() {
    return draining;
  }

  /** What runs has no receipt to come: it ends now, with an error, and so does the process. */
  @EventListener
  void on(ReceiptsLost lost) {
    LOG.error("This process ends, for no more receipts would be written or shipped", lost.cause());
    draining = true;
    exit.begin();
    live.all().forEach(generation -> generation.stop(Generation.Cause.DRAIN));
  }

  private static ServiceException drainingNow() {
    return ServiceException.retryable(
        ErrorCode.SERVER_DRAINING,
        "The server is shutting down. Nothing was charged; send the request again.",
        Generation.RETRY_DRAINING);
  }

  @Override
  public void start() {
    engines.begin();
    running = true;
  }

  @Override
  public void stop() {
    draining = true;
    engines.loadNoMore();
    try {
      engines.all().forEach(EngineHost::refuse);
      if (engines.all().stream().anyMatch(EngineHost::open)) {
        drain();
      }
      engines.end(atMost(AFTER_DRAIN));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    running = false;
  }

  private void drain() throws InterruptedException {
    if (!live.awaitEmpty(atMost(settings.drainTimeout()))) {
      live.all().forEach(generation -> generation.stop(Generation.Cause.DRAIN));
      if (!live.awaitEmpty(atMost(AFTER_DRAIN))) {
        LOG.error("The engines did not end {} requests", live.all().size());
      }
    }
  }

  /** A broken process has little time: what its other models run must be cut off with receipts. */
  private Duration atMost(Duration wait) {
    return exit.begun() && wait.compareTo(AT_EXIT) > 0 ? AT_EXIT : wait;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** After everything that serves or stores. */
  @Override
  public int getPhase() {
    return Integer.MAX_VALUE;
  }
}
