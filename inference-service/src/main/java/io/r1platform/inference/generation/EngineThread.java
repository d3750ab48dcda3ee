package io.r1platform.inference.generation;

import io.r1platform.engine.Engine;
import io.r1platform.engine.EngineOptions;
import io.r1platform.engine.EngineState;
import io.r1platform.engine.EventBuffer;
import io.r1platform.engine.ModelInfo;
import io.r1platform.inference.models.ModelFacts;
import io.r1platform.inference.models.ServedModel;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that loads the model and polls the engine. It never waits for a client: listeners
 * only take what it gives.
 */
final class EngineThread implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(EngineThread.class);
  private static final Duration LOAD_SLICE = Duration.ofMillis(200);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration SILENCE_MAX = Duration.ofSeconds(30);
  private static final int BUFFER_EVENTS = 4_096;

  private final GenerationSettings settings;
  private final EngineOptions options;
  private final ServedModel model;
  private final LiveGenerations live;
  private final RequestQueue queue;
  private final Endings endings;
  private final EngineMeters meters;
  private final Clock clock;
  private final Consumer<Death> onDeath;
  private final ReentrantLock dispatching = new ReentrantLock();
  private final Set<Generation> untold = new LinkedHashSet<>(); // guarded by dispatching
  private final AtomicLong turns = new AtomicLong();
  private final AtomicBoolean hung = new AtomicBoolean();
  private volatile @Nullable Engine engine;
  private volatile boolean wasReady;
  private volatile boolean stopping;
  private volatile Instant turned;

  EngineThread(
      GenerationSettings settings,
      EngineOptions options,
      ServedModel model,
      LiveGenerations live,
      RequestQueue queue,
      Endings endings,
      EngineMeters meters,
      Clock clock,
      Consumer<Death> onDeath) {
    this.settings = settings;
    this.options = options;
    this.model = model;
    this.live = live;
    this.queue = queue;
    this.endings = endings;
    this.meters = meters;
    this.clock = clock;
    this.onDeath = onDeath;
    this.turned = clock.instant();
  }

  /** The engine once the model is ready, else null. */
  @Nullable Engine engine() {
    return engine;
  }

  /** Whether the thread still turns. */
  boolean turning() {
    return stopping || turned.plus(SILENCE_MAX).isAfter(clock.instant());
  }

  /** How often the thread came back from a ready engine. */
  long turns() {
    return turns.get();
  }

  /** Whether the model was ready and is no more, though nobody stops this service. */
  boolean gone() {
    return wasReady && engine == null && !stopping;
  }

  /** Whether the engine was given up: it or its thread stands still. It cannot even be closed. */
  boolean hung() {
    return hung.get();
  }

  /** Makes the thread end soon. */
  void stop() {
    stopping = true;
  }

  @Override
  public void run() {
    try {
      serve();
      if (!hung.get()) {
        endAll(); // what a stop in the middle of a long step has left
      }
    } catch (Throwable e) { // the thread's root: requests must not outlive it, whatever it is
      die(e);
    }
  }

  private void serve() {
    try (Engine opened = Engine.open(options)) {
      try {
        if (load(opened)) {
          poll(opened);
        }
      } finally {
        engine = null; // before it is closed
      }
    }
  }

  private boolean load(Engine opened) {
    EngineState state = opened.awaitReady(LOAD_SLICE);
    while (state.phase() == EngineState.Phase.LOADING && !stopping) {
      turned = clock.instant();
      model.loading(state.progress());
      state = opened.awaitReady(LOAD_SLICE);
    }
    if (!state.ready()) {
      return false;
    }
    ModelInfo info = opened.model();
    var vocabulary = new Vocabulary(opened);
    var unused = vocabulary.template(); // nobody could ask it anything without R1's markers
    model.loaded(
        new ModelFacts(
            info.backend() + " " + info.backendVersion(),
            info.sha256(),
            tokenizerSha256(opened, info.vocabularySize()),
            info.contextTokens(),
            info.simulated(),
            vocabulary.abilities().stream().map(Ability::wire).sorted().toList()));
    wasReady = true;
    engine = opened;
    LOG.info(
        "{} is ready: {}, context {}", model.name(), info.architecture(), info.contextTokens());
    return true;
  }

  private void poll(Engine opened) {
    var events = new EventBuffer(BUFFER_EVENTS);
    Instant lastTick = clock.instant();
    var watch = new StallWatch(settings.stallTimeout(), lastTick);
    boolean moved = false;
    while (!stopping) {
      moved |= opened.poll(events, POLL) > 0;
      if (!dispatchAll(opened, events)) {
        return;
      }
      Instant now = clock.instant();
      turned = now;
      turns.incrementAndGet();
      if (!now.isBefore(lastTick.plus(TICK))) {
        lastTick = now;
        endLongWaits(now);
        if (watch.stalled(now, !live.of(model.name()).isEmpty(), moved, opened.stats().steps())) {
          giveUp("The engine stands still");
          return;
        }
        moved = false;
      }
    }
  }

  /** False if the engine was given up meanwhile: then its generations are ended. */
  private boolean dispatchAll(Engine opened, EventBuffer events) {
    dispatching.lock();
    try {
      if (hung.get()) {
        return false;
      }
      while (events.next()) {
        dispatch(opened, events);
      }
      untold.forEach(Generation::flush);
      untold.clear();
      return true;
    } finally {
      dispatching.unlock();
    }
  }

  private void dispatch(Engine opened, EventBuffer event) {
    Generation generation = live.get(event.requestId());
    if (generation == null) {
      throw new IllegalStateException("an event of the unknown request " + event.requestId());
    }
    if (event.kind() != EventBuffer.Kind.TOKEN && untold.remove(generation)) {
      generation.flush(); // now: another thread tells the end
    }
    switch (event.kind()) {
      case TOKEN -> {
        generation.onToken(
            new GenerationEvent.Token(
                event.tokenId(),
                !event.control() && !event.end(),
                event.piece(),
                cached(event, generation),
                event.logprob(),
                alternatives(opened, event)));
        untold.add(generation);
      }
      case FINISHED -> {
        var unused =
            end(generation, generation.finished(event.reason(), counts(event, generation)));
      }
      case ERROR -> {
        LOG.warn(
            "request {} failed in the engine: {}", generation.task().eventId(), event.status());
        var unused = end(generation, generation.engineFailed(counts(event, generation)));
      }
    }
    if (event.kind() != EventBuffer.Kind.TOKEN) {
      meters.overrun(event.overrunTokens() + generation.overrun());
    }
  }

  private static List<GenerationEvent.Alternative> alternatives(Engine opened, EventBuffer event) {
    int count = event.alternatives();
    if (count == 0) {
      return List.of();
    }
    var alternatives = new ArrayList<GenerationEvent.Alternative>(count);
    for (int i = 0; i < count; i++) {
      byte[] piece = opened.detokenize(new int[] {event.alternativeId(i)});
      alternatives.add(new GenerationEvent.Alternative(piece, event.alternativeLogprob(i)));
    }
    return alternatives;
  }

  private static Generation.Counts counts(EventBuffer event, Generation generation) {
    return new Generation.Counts(
        event.promptTokens(),
        cached(event, generation),
        event.queueMicros(),
        event.prefillMicros());
  }

  /** What the backend does not tell counts as found: the cheaper reading, never a made-up miss. */
  private static int cached(EventBuffer event, Generation generation) {
    int told = event.cachedTokens();
    return told >= 0 ? told : generation.task().promptIds().length;
  }

  /** Ends one that the engine does not have. */
  void endOutside(Generation generation, GenerationEvent.Ended ended) {
    var unused = end(generation, ended);
  }

  private CompletableFuture<Void> end(Generation generation, GenerationEvent.Ended ended) {
    if (!live.ended(generation)) {
      return CompletableFuture.completedFuture(null);
    }
    queue.ended(generation, ended.usage());
    return endings.end(generation, ended, model.plan().modelId());
  }

  private void endLongWaits(Instant now) {
    for (Generation generation : live.of(model.name())) {
      boolean late = generation.startedAt().plus(longestWait(generation)).isBefore(now);
      if (late && (!generation.begun() || generation.outlived(now) || overdue(generation, now))) {
        generation.stop(Generation.Cause.QUEUE_TIMEOUT);
      }
    }
  }

  /** One of several choices may wait while another writes, but no longer than any may run. */
  private boolean overdue(Generation generation, Instant now) {
    return !generation.hasToken() && generation.startedAt().plus(settings.deadline()).isBefore(now);
  }

  private Duration longestWait(Generation generation) {
    Duration timeout = generation.timeout();
    Duration longest = settings.queueTimeout();
    return timeout != null && timeout.compareTo(longest) < 0 ? timeout : longest;
  }

  /** The engine or this thread is dead: what runs ends with an error and its receipt. */
  private void die(Throwable cause) {
    engine = null;
    if (hung.get()) {
      return; // it was given up, and all is ended
    }
    try {
      LOG.error(
          wasReady ? "The engine died: {}" : "The model could not be loaded: {}",
          model.name(),
          cause);
      endAll();
    } finally {
      String message = cause.getMessage();
      model.failed(message == null ? cause.toString() : message);
      onDeath.accept(new Death(wasReady ? Death.Kind.DIED : Death.Kind.NOT_LOADED, cause));
    }
  }

  private void endAll() {
    var unused = queue.close(); // they are ended below, with those that run
    CompletableFuture<?>[] ends =
        live.of(model.name()).stream()
            .map(generation -> end(generation, generation.engineDied()))
            .toArray(CompletableFuture<?>[]::new);
    CompletableFuture.allOf(ends).handle((done, failure) -> null).join(); // each has a time limit
  }

  /**
   * The engine hangs: as if it were dead, but its thread may never return. Called by that thread or
   * by the one that watches it; the first call counts.
   *
   * @param what is wrong with it
   */
  void giveUp(String what) {
    if (stopping) {
      return; // whoever stops it waits, and abandons it
    }
    endWithout(
        what + "; this process ends",
        () -> {
          model.failed(what);
          onDeath.accept(new Death(Death.Kind.HANGS, null));
        });
  }

  /** It was told to stop and does not: what it left ends without it, with receipts. */
  void abandon() {
    endWithout("The engine does not stop", () -> {});
  }

  private void endWithout(String what, Runnable then) {
    boolean counted = dispatching.tryLock(); // else the thread is amid a count
    try {
      if (!hung.compareAndSet(false, true)) {
        return;
      }
    } finally {
      if (counted) {
        dispatching.unlock();
      }
    }
    engine = null;
    try {
      LOG.error(
          "{}: {} with {} requests, a stall is {}",
          what,
          model.name(),
          live.of(model.name()).size(),
          settings.stallTimeout());
      if (counted) {
        endAll();
      }
    } finally {
      then.run();
    }
  }

  /** Over every id in order: the length of its piece as big-endian i32, and the piece. */
  private static String tokenizerSha256(Engine engine, int vocabularySize) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      ByteBuffer length = ByteBuffer.allocate(Integer.BYTES);
      for (int id = 0; id < vocabularySize; id++) {
        byte[] piece = engine.detokenize(new int[] {id});
        digest.update(length.clear().putInt(piece.length).flip());
        digest.update(piece);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }
}
