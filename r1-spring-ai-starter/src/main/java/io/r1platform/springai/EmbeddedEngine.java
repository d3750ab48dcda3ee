package io.r1platform.springai;

import io.r1platform.engine.Engine;
import io.r1platform.engine.EngineException;
import io.r1platform.engine.EngineOptions;
import io.r1platform.engine.EngineState;
import io.r1platform.engine.EventBuffer;
import io.r1platform.engine.GenerationRequest;
import io.r1platform.engine.ModelInfo;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;

/**
 * The engine and its one polling thread, from the application's start to its stop. It is ready
 * before a web server accepts requests, and stops after the server has ended its own.
 */
final class EmbeddedEngine implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedEngine.class);
  private static final Duration LOAD_SLICE = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration CLOSE_MAX = Duration.ofSeconds(10);
  private static final int BUFFER_EVENTS = 4_096;
  private static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 4_096;

  /** Who hears the events of one request, on the polling thread; must not wait. */
  interface Listener {
    /** A token; false if no more are wanted. */
    boolean token(EventBuffer event);

    /** The last event, FINISHED or ERROR. */
    void ended(EventBuffer event);

    /** The engine died before it told the end. */
    void died();
  }

  /** What is there between start and stop. */
  private record Running(Engine engine, Vocabulary vocabulary, Thread poller) {}

  private final EngineOptions options;
  private final Duration drain;
  private final ApplicationEventPublisher events;
  private final Map<Long, Listener> calls = new ConcurrentHashMap<>();
  private final AtomicLong lastId = new AtomicLong();
  private volatile @Nullable Running running;
  private volatile boolean accepting;

  /**
   * An engine that is not started.
   *
   * @param drain how long running calls may go on at a stop
   * @param events hears {@link LivenessState#BROKEN} if the engine dies
   */
  EmbeddedEngine(EngineOptions options, Duration drain, ApplicationEventPublisher events) {
    this.options = options;
    this.drain = drain;
    this.events = events;
  }

  /** Loads the model, waiting until it is there. */
  @Override
  public synchronized void start() {
    if (running != null) {
      return;
    }
    try {
      Engine engine = Engine.open(options);
      try {
        awaitReady(engine);
        run(engine);
      } catch (RuntimeException | Error e) {
        engine.close();
        throw e;
      }
    } catch (EngineException e) {
      throw new EngineStartFailed(options.model(), e);
    }
  }

  /** Lets running calls end, cuts off what takes too long, and closes the engine. */
  @Override
  public synchronized void stop() {
    Running last = running;
    if (last == null) {
      return;
    }
    accepting = false;
    try {
      last.engine().drain(drain);
    } catch (EngineException e) {
      LOG.debug("The engine cannot drain: {}", e.getMessage()); // it is dead, and all is ended
    }
    if (joined(last.poller())) {
      last.engine().close();
    } else {
      LOG.error("The engine stands still; it is left to the end of the process");
    }
    running = null;
  }

  @Override
  public boolean isRunning() {
    return running != null;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }

  /**
   * The loaded model.
   *
   * @throws R1Exception UNAVAILABLE before start and after stop
   */
  Vocabulary vocabulary() {
    return require().vocabulary();
  }

  /** An id for a request. */
  long nextId() {
    return lastId.incrementAndGet();
  }

  /**
   * Queues a request; its listener hears exactly one end unless this throws.
   *
   * @throws R1Exception if the engine refuses it
   */
  void submit(GenerationRequest request, Listener listener) {
    Engine engine = require().engine();
    calls.put(request.id(), listener);
    try {
      engine.submit(request);
    } catch (EngineException e) {
      refuse(request.id(), R1Exception.of(e));
    } catch (IllegalArgumentException e) {
      refuse(request.id(), R1Exception.invalid(String.valueOf(e.getMessage())));
    } catch (IllegalStateException e) { // closed meanwhile
      refuse(request.id(), unavailable());
    }
  }

  /** Ends a request early; harmless if it has ended. */
  void cancel(long id) {
    Running now = running;
    if (now != null && calls.containsKey(id)) {
      try {
        now.engine().cancel(id);
      } catch (IllegalStateException e) {
        LOG.debug("Cancelled after the engine was closed");
      }
    }
  }

  private void refuse(long id, R1Exception why) {
    if (calls.remove(id) != null) { // else the engine died, and the listener has heard it
      throw why;
    }
  }

  private Running require() {
    Running now = running;
    if (now == null || !accepting) {
      throw unavailable();
    }
    return now;
  }

  private static R1Exception unavailable() {
    return new R1Exception(R1Exception.Reason.UNAVAILABLE, "The engine is not running");
  }

  private void awaitReady(Engine engine) {
    EngineState state = engine.awaitReady(LOAD_SLICE);
    while (state.phase() == EngineState.Phase.LOADING) {
      LOG.info("Loading {}: {} %", options.model(), (int) (state.progress() * 100));
      state = engine.awaitReady(LOAD_SLICE);
    }
  }

  private void run(Engine engine) {
    ModelInfo model = engine.model();
    var vocabulary = new Vocabulary(engine, model);
    Thread poller =
        Thread.ofPlatform().name("r1-engine").daemon().unstarted(() -> pollUntilDrained(engine));
    running = new Running(engine, vocabulary, poller);
    accepting = true;
    poller.start();
    LOG.info(
        "{} is ready: {}, context {}",
        options.model(),
        model.architecture(),
        model.contextTokens());
  }

  private void pollUntilDrained(Engine engine) {
    try {
      var events = new EventBuffer(BUFFER_EVENTS);
      while (engine.poll(events, POLL) > 0 || engine.state().phase() != EngineState.Phase.DRAINED) {
        while (events.next()) {
          dispatch(engine, events);
        }
      }
    } catch (Throwable e) { // the thread's root: no call may wait for a dead engine
      accepting = false;
      LOG.error("The engine died, and only a restart of the application brings it back", e);
      AvailabilityChangeEvent.publish(events, this, LivenessState.BROKEN);
    } finally {
      calls.keySet().forEach(this::endDead);
    }
  }

  private void endDead(Long id) {
    Listener listener = calls.remove(id);
    if (listener != null) {
      listener.died();
    }
  }

  private void dispatch(Engine engine, EventBuffer event) {
    long id = event.requestId();
    boolean last = event.kind() != EventBuffer.Kind.TOKEN;
    Listener listener = last ? calls.remove(id) : calls.get(id);
    if (listener == null) {
      throw new IllegalStateException("an event of the unknown request " + id);
    }
    try {
      if (last) {
        listener.ended(event);
      } else if (!listener.token(event)) {
        engine.cancel(id);
      }
    } catch (RuntimeException e) { // one call's bug must not stop the engine of all others
      LOG.error("Call {} failed in its listener", id, e);
      engine.cancel(id);
    }
  }

  /** The engine lets a call wait beyond its own limit: only a restart helps. */
  void standsStill() {
    accepting = false;
    LOG.error("The engine stands still, and only a restart of the application brings it back");
    AvailabilityChangeEvent.publish(events, this, LivenessState.BROKEN);
  }

  private boolean joined(Thread poller) {
    try {
      return poller.join(drain.plus(CLOSE_MAX));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
