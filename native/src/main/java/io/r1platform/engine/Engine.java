package io.r1platform.engine;

import java.lang.ref.Cleaner;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One model, loaded and generating on its own native threads.
 *
 * <p>Any thread may call anything; only {@link #poll} is for one thread at a time. Refusals and
 * failures are {@link EngineException}; a call after {@link #close} throws {@link
 * IllegalStateException}. Every accepted request ends in exactly one FINISHED or ERROR event,
 * unless the engine is closed before.
 */
public final class Engine implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();
  private static final int WAIT_SLICE_MILLIS = 200;
  private static final long POLL_MILLIS_MAX = 1_000;

  private final NativeEngine handle;
  private final Cleaner.Cleanable cleanable;
  private final EventAudit audit = new EventAudit();
  private volatile @Nullable Set<ModelInfo.Feature> features; // constant once loaded

  private Engine(NativeEngine handle) {
    this.handle = handle;
    this.cleanable = CLEANER.register(this, new Release(handle));
  }

  /** Ends the native engine, once, from {@code close} or after a leak; knows nothing of Engine. */
  private static final class Release implements Runnable {
    private static final System.Logger LOG = System.getLogger(Engine.class.getName());

    private final NativeEngine handle;

    Release(NativeEngine handle) {
      this.handle = handle;
    }

    @Override
    public void run() {
      if (handle.closedByOwner()) {
        handle.destroy();
      } else {
        LOG.log(System.Logger.Level.ERROR, "An engine was never closed; closing it now.");
        handle.destroy();
      }
    }
  }

  /**
   * Starts to load a model and returns at once; {@link #state} tells how it goes.
   *
   * @throws EngineException MODEL if the file is missing or its metadata would break the backend,
   *     UNSUPPORTED if this machine cannot run it or simulation is not allowed, INVALID or
   *     TOO_LARGE for the options
   */
  public static Engine open(EngineOptions options) {
    return open(options, NativeLibrary.directory());
  }

  /** The same with the backends of another directory. */
  static Engine open(EngineOptions options, Path libraries) {
    Objects.requireNonNull(options, "options");
    if (options.backend() == EngineOptions.Backend.LLAMACPP) {
      ModelFileCheck.check(options.model());
    }
    return new Engine(NativeEngine.create(options, libraries));
  }

  /** Where the engine stands; never waits. */
  public EngineState state() {
    return handle.state(0);
  }

  /**
   * Waits until loading ended.
   *
   * @return the state then, or LOADING if it takes longer than {@code timeout}
   * @throws EngineException MODEL or MEMORY if loading failed
   */
  public EngineState awaitReady(Duration timeout) {
    long remaining = timeout.toMillis();
    EngineState state = handle.state(0);
    while (state.phase() == EngineState.Phase.LOADING && remaining > 0) {
      int slice = (int) Math.min(remaining, WAIT_SLICE_MILLIS);
      state = handle.state(slice);
      remaining -= slice;
    }
    if (state.phase() == EngineState.Phase.FAILED) {
      throw handle.failure(state);
    }
    return state;
  }

  /** The loaded model; STATE before READY. */
  public ModelInfo model() {
    return handle.model();
  }

  /**
   * The ids of a text, without BOS. Markers such as {@code <think>} in the text are read as text,
   * except those the vocabulary calls user-defined. At most 2 MiB of UTF-8.
   */
  public int[] tokenize(String text) {
    return handle.tokenize(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The same from UTF-8; INVALID if it is ill-formed. */
  public int[] tokenize(byte[] utf8) {
    return handle.tokenize(utf8);
  }

  /** The bytes of these tokens, markers included; possibly not whole characters. */
  public byte[] detokenize(int[] ids) {
    return handle.detokenize(ids);
  }

  /** The id of a control or user-defined token such as {@code <｜User｜>}, or −1. */
  public int tokenId(String marker) {
    return handle.tokenId(marker.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Queues a request.
   *
   * @throws EngineException INVALID (an id outside the vocabulary, a request id in use, or a
   *     constraint that does not parse), UNSUPPORTED (see {@link ModelInfo#features}), TOO_LARGE
   *     (prompt + maxTokens pass the context), QUEUE_FULL, STATE (not READY)
   */
  public void submit(GenerationRequest request) {
    Constraint constraint = request.constraint();
    Set<ModelInfo.Feature> known = constraint == null ? Set.of() : features();
    handle.submit(request, SentConstraint.of(constraint, known));
  }

  /**
   * Checks that a constraint can be enforced, as far as that is known without a request.
   *
   * @throws EngineException INVALID, UNSUPPORTED or TOO_LARGE, as {@link #submit} would
   */
  public void check(Constraint constraint) {
    var unused = SentConstraint.of(constraint, features());
  }

  private Set<ModelInfo.Feature> features() {
    Set<ModelInfo.Feature> known = features;
    if (known == null) {
      known = handle.model().features();
      features = known;
    }
    return known;
  }

  /**
   * Ends a request early, with reason CANCELLED, within one step.
   *
   * @return false if there is no such request or its last event is already in the ring
   */
  public boolean cancel(long requestId) {
    return handle.cancel(requestId);
  }

  /**
   * Waits for events and fills the buffer. The records of one token are never divided. The ids of
   * every request are counted and hashed here: a lost or doubled event throws FATAL.
   *
   * @param timeout at most one second; longer is cut to that
   * @return how many records came; 0 if none came in time
   * @throws EngineException STATE if another thread polls; FATAL once the backend died and all
   *     events are read
   */
  public int poll(EventBuffer events, Duration timeout) {
    long millis = Math.clamp(timeout.toMillis(), 0, POLL_MILLIS_MAX);
    int records = handle.poll(events, (int) millis);
    events.fill(records);
    audit.check(events);
    return records;
  }

  /** Counters; STATE before READY. */
  public EngineStats stats() {
    return handle.stats();
  }

  /** Accepts nothing more; accepted requests go on until the phase is DRAINED. */
  public void drain() {
    handle.drain(0);
  }

  /** The same, but what is unfinished after this time ends with {@link FinishReason#DRAINED}. */
  public void drain(Duration grace) {
    handle.drain(Math.max(1, grace.toMillis() * 1_000));
  }

  /**
   * Ends all work and frees everything. Waits for calls that run in other threads, a poll included,
   * which returns early. A second close does nothing. Events not polled are lost.
   */
  @Override
  public void close() {
    handle.markClosedByOwner();
    cleanable.clean();
  }
}
