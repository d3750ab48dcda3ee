package io.r1platform.inference.generation;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.engine.Engine;
import io.r1platform.engine.EngineException;
import io.r1platform.engine.EngineOptions;
import io.r1platform.engine.EngineOptions.Backend;
import io.r1platform.engine.EngineStats;
import io.r1platform.engine.EngineStatus;
import io.r1platform.engine.GenerationRequest;
import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.models.Models;
import io.r1platform.inference.models.ServedModel;
import io.r1platform.inference.observability.RequestTraces;
import io.r1platform.inference.queue.QueueLimits;
import io.r1platform.inference.receipts.Receipts;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The engine of one model, with its queue, its thread, the watch over it, and its meters. */
final class EngineHost {
  private static final Logger LOG = LoggerFactory.getLogger(EngineHost.class);
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration RETRY = Duration.ofSeconds(5);

  /** What the hosts of a process have together. */
  record Shared(
      GenerationSettings settings,
      Models models,
      Receipts receipts,
      Clock clock,
      MeterRegistry registry,
      RequestTraces traces,
      LiveGenerations live,
      AtomicLong engineIds) {}

  private final Shared shared;
  private final ServedModel model;
  private final EngineMeters meters;
  private final RequestQueue queue;
  private final EngineThread engineThread;
  private final Thread thread;
  private final EngineWatch watch;
  private volatile boolean contained;
  private volatile boolean refusing;
  private volatile @Nullable Vocabulary vocabulary; // the first request makes it

  /**
   * A host that does nothing yet.
   *
   * @param survives tells whether the process outlives the death of this engine, and if not ends it
   */
  EngineHost(Shared shared, ServedModel model, EngineOptions options, Predicate<Death> survives) {
    this.shared = shared;
    this.model = model;
    GenerationSettings settings = shared.settings();
    Clock clock = shared.clock();
    this.meters = new EngineMeters(shared.registry(), model.name(), settings.backend());
    this.queue =
        new RequestQueue(
            model.name(),
            new QueueLimits(settings.maxWaiting(), settings.maxWaitingTokens()),
            options.sizes().maxSequences(),
            clock,
            new EngineRunner());
    this.engineThread =
        new EngineThread(
            settings,
            options,
            model,
            shared.live(),
            queue,
            new Endings(
                shared.receipts(),
                clock,
                settings.receiptTimeout(),
                meters,
                new RequestReport(shared.traces())),
            meters,
            clock,
            death -> contained = survives.test(death));
    this.thread = Thread.ofPlatform().name("r1-engine-" + model.name()).unstarted(engineThread);
    this.watch = new EngineWatch(engineThread, settings.stallTimeout());
  }

  ServedModel model() {
    return model;
  }

  /** Begins to load the model. */
  void begin() {
    meters.show(this::stats, queue);
    thread.start();
    Thread.ofPlatform().daemon().name("r1-engine-watch-" + model.name()).start(watch);
  }

  /** As {@link Generations#start}, for all choices or none, but for counting refusals. */
  List<Generation> start(List<GenerationTask> tasks, List<? extends GenerationListener> listeners) {
    var unused = requireEngine();
    shared.receipts().admit(tasks.getFirst().eventId());
    var admitted = new ArrayList<Generation>();
    for (int i = 0; i < tasks.size(); i++) {
      admitted.add(
          new Generation(
              shared.engineIds().incrementAndGet(),
              tasks.get(i).under(shared.settings().deadline()),
              listeners.get(i),
              shared.clock().instant(),
              this::cancel));
    }
    shared.live().addAll(admitted);
    try {
      queue.addAll(admitted);
    } catch (RuntimeException e) {
      admitted.forEach(shared.live()::remove);
      throw e;
    }
    admitted.forEach(Generation::submitted);
    return List.copyOf(admitted);
  }

  /** As {@link Generations#requireRoom}, but for counting refusals. */
  void requireRoom() {
    var unused = requireEngine();
    queue.requireRoom();
  }

  void rejected(ErrorCode code) {
    meters.rejected(code);
  }

  /**
   * The model's tokenizer.
   *
   * @throws ServiceException engine_unavailable while there is none
   */
  Vocabulary vocabulary() {
    Engine engine = requireEngine(); // the only one of this host
    Vocabulary known = vocabulary;
    if (known == null) {
      known = new Vocabulary(engine);
      vocabulary = known;
    }
    return known;
  }

  /**
   * Whether the engine's thread turns. True before the model is ready, and if its end harms none.
   */
  boolean alive() {
    return engineThread.engine() == null
        ? contained || !engineThread.gone()
        : thread.isAlive() && engineThread.turning();
  }

  /** Whether the engine takes requests, or did until it was told to drain. */
  boolean open() {
    return engineThread.engine() != null && thread.isAlive();
  }

  /** The engine takes nothing more. What waits ends; what runs goes on. */
  void refuse() {
    refusing = true;
    queue.close().forEach(waiting -> endInQueue(waiting, Generation.Cause.DRAIN));
    Engine engine = engineThread.engine();
    if (engine != null && thread.isAlive()) {
      engine.drain();
    }
  }

  /** Makes the thread end and the engine close, soon. */
  void stop() {
    engineThread.stop();
    watch.stop();
  }

  /** Waits for that; false if it did not come to an end in time. */
  boolean end(Duration longest) throws InterruptedException {
    stop();
    boolean ended = thread.join(engineThread.hung() ? SHORTEST : longest);
    if (!ended) {
      engineThread.abandon();
    }
    meters.hide();
    return ended;
  }

  private GenerationRequest request(Generation generation) {
    Duration timeout = generation.timeout();
    Duration longest = timeout == null ? shared.settings().deadline() : timeout;
    Duration left = longest.minus(generation.waited());
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
    if (status == EngineStatus.STATE && refusing) {
      return unavailable(ErrorCode.SERVER_DRAINING);
    }
    LOG.error("The engine of {} refused a request", model.name(), refused);
    return unavailable(ErrorCode.ENGINE_UNAVAILABLE);
  }

  /** The engine of a model that is ready. */
  private Engine requireEngine() {
    var unused = shared.models().require(model.name()); // says why, if it is not
    Engine engine = engineThread.engine();
    if (engine == null) {
      throw unavailable(ErrorCode.ENGINE_UNAVAILABLE);
    }
    return engine;
  }

  private static ServiceException unavailable(ErrorCode code) {
    return ServiceException.retryable(
        code, "The engine takes nothing now. Nothing was charged; send the request again.", RETRY);
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
    engineThread.endOutside(generation, generation.neverRan(why, shared.clock().instant()));
  }

  private @Nullable EngineStats stats() {
    Engine engine = engineThread.engine();
    return engine == null ? null : engine.stats();
  }

  /** The engine as the queue sees it. */
  private final class EngineRunner implements RequestQueue.Runner {
    @Override
    public long cells() {
      EngineStats stats = shared.settings().backend() == Backend.LLAMACPP ? stats() : null;
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
