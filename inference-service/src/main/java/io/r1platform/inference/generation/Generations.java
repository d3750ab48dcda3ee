package io.r1platform.inference.generation;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.engine.Engine;
import io.r1platform.engine.EngineException;
import io.r1platform.engine.EngineOptions.Backend;
import io.r1platform.engine.EngineStats;
import io.r1platform.engine.EngineStatus;
import io.r1platform.engine.GenerationRequest;
import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.models.Models;
import io.r1platform.inference.queue.QueueLimits;
import io.r1platform.inference.receipts.Receipts;
import io.r1platform.inference.receipts.ReceiptsLost;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Starts generations and finds those that wait or run. Started last and stopped first: at the end
 * new work is refused, waiting work ends, running work gets the drain time; what is cut off ends
 * with an error and its usage.
 */
@Component
public final class Generations implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(Generations.class);
  private static final Duration AFTER_DRAIN = Duration.ofSeconds(10);
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration RETRY_DRAINING = Duration.ofSeconds(5);
  private static final int EXIT_ENGINE_DIED = 70;
  private static final Duration LONGEST_EXIT = Duration.ofSeconds(20);

  private final GenerationSettings settings;
  private final Models models;
  private final Receipts receipts;
  private final Clock clock;
  private final LiveGenerations live = new LiveGenerations();
  private final RequestQueue queue;
  private final AtomicLong engineIds = new AtomicLong();
  private final EngineMeters meters;
  private final Endings endings;
  private final EngineThread engineThread;
  private final Thread thread;
  private final EngineWatch watch;
  private final ConfigurableApplicationContext context;
  private final AtomicBoolean exiting = new AtomicBoolean();
  private volatile boolean running;
  private volatile boolean draining;

  Generations(
      GenerationSettings settings,
      Models models,
      Receipts receipts,
      Clock clock,
      MeterRegistry registry,
      ConfigurableApplicationContext context) {
    this.settings = settings;
    this.models = models;
    this.receipts = receipts;
    this.clock = clock;
    this.meters = new EngineMeters(registry, models.name());
    this.endings = new Endings(receipts, clock, settings.receiptTimeout(), meters);
    this.queue =
        new RequestQueue(
            models.name(),
            new QueueLimits(settings.maxWaiting(), settings.maxWaitingTokens()),
            settings.maxRunning(),
            clock,
            new EngineRunner());
    this.engineThread =
        new EngineThread(settings, models, live, queue, endings, meters, clock, this::exit);
    this.thread = Thread.ofPlatform().name("r1-engine").unstarted(engineThread);
    this.watch = new EngineWatch(engineThread, settings.stallTimeout());
    this.context = context;
    meters.show(this::stats, queue);
  }

  /**
   * Lets a request wait for the engine and returns at once; the listener hears the rest.
   *
   * @throws ServiceException engine_overloaded with a time to retry if the queue is full,
   *     engine_unavailable, server_draining, metering_unavailable, context_length_exceeded; then
   *     nothing was taken and the listener hears nothing
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
    try {
      return admit(tasks, listeners);
    } catch (ServiceException e) {
      meters.rejected(e.code());
      throw e;
    }
  }

  /** The generation of a request that waits or runs, or one of its choices. */
  public Optional<Generation> find(UUID eventId) {
    return Optional.ofNullable(live.find(eventId));
  }

  /**
   * The loaded model's tokenizer.
   *
   * @throws ServiceException engine_unavailable while there is none
   */
  public Vocabulary vocabulary() {
    return new Vocabulary(requireEngine());
  }

  /** Whether the engine's thread turns. True without a model, but not if that was here and died. */
  public boolean alive() {
    if (!running) {
      return true;
    }
    return engineThread.engine() == null
        ? !engineThread.gone()
        : thread.isAlive() && engineThread.turning();
  }

  /** What runs has no receipt to come: it ends now, with an error, and so does the process. */
  @EventListener
  void on(ReceiptsLost lost) {
    LOG.error("This process ends, for no more receipts would be written or shipped", lost.cause());
    draining = true;
    exit();
    live.all().forEach(generation -> generation.stop(Generation.Cause.DRAIN));
  }

  private List<Generation> admit(
      List<GenerationTask> tasks, List<? extends GenerationListener> listeners) {
    if (draining) {
      throw drainingNow();
    }
    var unused = requireEngine();
    receipts.admit(tasks.getFirst().eventId());
    var admitted = new ArrayList<Generation>();
    for (int i = 0; i < tasks.size(); i++) {
      admitted.add(
          new Generation(
              engineIds.incrementAndGet(),
              tasks.get(i),
              listeners.get(i),
              clock.instant(),
              this::cancel));
    }
    live.addAll(admitted);
    try {
      queue.addAll(admitted);
    } catch (RuntimeException e) {
      admitted.forEach(live::remove);
      throw e;
    }
    admitted.forEach(Generation::submitted);
    return List.copyOf(admitted);
  }

  private GenerationRequest request(Generation generation) {
    Duration left = settings.deadline().minus(generation.waited());
    return EngineRequests.of(
        generation.engineId(), generation.task(), left.isPositive() ? left : SHORTEST);
  }

  private ServiceException refusal(Generation generation, RuntimeException refused) {
    if (refused instanceof ServiceException known) {
      return known;
    }
    EngineStatus status = null;
    if (refused instanceof EngineException e) {
      boolean shaped = generation.task().wishes().shape() != null;
      ServiceException callers = EngineRequests.refusal(e, shaped);
      if (callers != null) {
        return callers;
      }
      status = e.status();
    }
    if (status == EngineStatus.TOO_LARGE) {
      return ServiceException.ofParam(
          ErrorCode.CONTEXT_LENGTH_EXCEEDED, "messages", "The prompt does not fit the context.");
    }
    if (status == EngineStatus.STATE && draining) {
      return drainingNow();
    }
    LOG.error("The engine refused a request", refused);
    return ServiceException.retryable(
        ErrorCode.ENGINE_UNAVAILABLE,
        "The engine takes nothing now. Nothing was charged; send the request again.",
        RETRY_DRAINING);
  }

  private static ServiceException drainingNow() {
    return ServiceException.retryable(
        ErrorCode.SERVER_DRAINING,
        "The server is shutting down. Nothing was charged; send the request again.",
        RETRY_DRAINING);
  }

  private Engine requireEngine() {
    Engine engine = engineThread.engine();
    if (engine == null) {
      models.require(models.name()); // says why, if it knows
      throw ServiceException.retryable(
          ErrorCode.ENGINE_UNAVAILABLE,
          "The engine is not ready. Nothing was charged; send the request again.",
          RETRY_DRAINING);
    }
    return engine;
  }

  private void cancel(long engineId) {
    Generation waiting = queue.remove(engineId);
    if (waiting != null) {
      endInQueue(waiting, Generation.Cause.CANCEL);
      return;
    }
    Engine engine = engineThread.engine();
    if (engine != null) {
      engine.cancel(engineId);
    }
  }

  private void endInQueue(Generation generation, Generation.Cause why) {
    engineThread.endOutside(generation, generation.neverRan(why, clock.instant()));
  }

  private @Nullable EngineStats stats() {
    Engine engine = engineThread.engine();
    return engine == null ? null : engine.stats();
  }

  @Override
  public void start() {
    thread.start();
    Thread.ofPlatform().daemon().name("r1-engine-watch").start(watch);
    running = true;
  }

  @Override
  public void stop() {
    draining = true;
    try {
      queue.close().forEach(waiting -> endInQueue(waiting, Generation.Cause.DRAIN));
      Engine engine = engineThread.engine();
      if (engine != null && thread.isAlive()) {
        engine.drain();
        drain();
      }
      engineThread.stop();
      watch.stop();
      thread.join(engineThread.hung() ? Duration.ofMillis(1) : AFTER_DRAIN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    running = false;
  }

  private void drain() throws InterruptedException {
    if (!live.awaitEmpty(settings.drainTimeout())) {
      live.all().forEach(generation -> generation.stop(Generation.Cause.DRAIN));
      if (!live.awaitEmpty(AFTER_DRAIN)) {
        LOG.error("The engine did not end {} requests", live.all().size());
      }
    }
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

  /**
   * A dead engine cannot come back in this process; whoever started it starts it again. A hung one
   * may also keep the process from ending in order.
   */
  private void exit() {
    if (!exiting.compareAndSet(false, true)) {
      return;
    }
    try {
      Thread.ofPlatform().daemon().name("r1-halt").start(Generations::haltLater);
      Thread.ofPlatform().name("r1-exit").start(this::exitInOrder);
    } catch (Throwable e) { // without memory for a thread there is no order to keep
      Runtime.getRuntime().halt(EXIT_ENGINE_DIED);
    }
  }

  private void exitInOrder() {
    System.exit(SpringApplication.exit(context, () -> EXIT_ENGINE_DIED));
  }

  private static void haltLater() {
    LockSupport.parkNanos(LONGEST_EXIT.toNanos());
    Runtime.getRuntime().halt(EXIT_ENGINE_DIED);
  }

  /** The engine as the queue sees it. */
  private final class EngineRunner implements RequestQueue.Runner {
    @Override
    public long cells() {
      EngineStats stats = settings.backend() == Backend.LLAMACPP ? stats() : null;
      return stats == null ? Long.MAX_VALUE : stats.kvTokensTotal();
    }

    @Override
    public void submit(Generation generation) {
      requireEngine().submit(request(generation));
    }

    @Override
    public void refused(Generation generation, RuntimeException why) {
      engineThread.endOutside(generation, generation.refused(refusal(generation, why)));
    }
  }
}
