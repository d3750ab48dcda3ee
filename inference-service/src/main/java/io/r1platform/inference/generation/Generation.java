package io.r1platform.inference.generation;

import io.r1platform.engine.FinishReason;
import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.generation.GenerationEvent.Ended;
import io.r1platform.inference.generation.GenerationEvent.Finish;
import io.r1platform.inference.generation.GenerationEvent.Token;
import io.r1platform.inference.generation.GenerationEvent.Usage;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request, in the queue and then in the engine. Anyone may cancel it. Whoever takes it out of
 * the queue ends it; once the engine has it, the polling thread alone counts its tokens and ends
 * it.
 */
public final class Generation {
  /** When a replica that shuts down may be asked again. */
  static final Duration RETRY_DRAINING = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(Generation.class);

  /** What the engine tells at the end. */
  record Counts(int promptTokens, int cachedTokens, long queueMicros, long prefillMicros) {}

  /** Why it was stopped from outside; the first cause stays. */
  enum Cause {
    STOP_STRING,
    CANCEL,
    QUEUE_TIMEOUT,
    DRAIN,
    LISTENER_FAILED
  }

  private final long engineId;
  private final GenerationTask task;
  private final GenerationListener listener;
  private final Instant startedAt;
  private final LongConsumer canceller;
  private final MessageDigest digest = sha256();
  private final ByteBuffer idBytes = ByteBuffer.allocate(Integer.BYTES);
  private final AtomicReference<@Nullable Cause> cause = new AtomicReference<>();
  private volatile long waitedMicros;
  private int output;
  private int overrun;
  private int reasoning;
  private boolean reasoningEnded;
  private int cached;

  Generation(
      long engineId,
      GenerationTask task,
      GenerationListener listener,
      Instant startedAt,
      LongConsumer canceller) {
    this.engineId = engineId;
    this.task = task;
    this.listener = listener;
    this.startedAt = startedAt;
    this.canceller = canceller;
    this.reasoningEnded = task.thinkCloseId() < 0;
  }

  /**
   * Ends it and the other choices of its request early, within one engine step; its end tells the
   * exact count. Harmless when ended.
   */
  public void cancel() {
    Choices choices = task.choices();
    if (choices == null) {
      stop(Cause.CANCEL);
    } else {
      choices.cancelAll();
    }
  }

  /** It has waited until now for its engine. */
  void waitedUntil(Instant now) {
    waitedMicros = Duration.between(startedAt, now).toNanos() / 1_000;
  }

  /** Time it has waited for its engine. */
  Duration waited() {
    return Duration.of(waitedMicros, ChronoUnit.MICROS);
  }

  /**
   * It can be found where it waits or runs: a stop that came before, which nobody could follow, is
   * told again.
   */
  void submitted() {
    if (cause.get() != null) {
      canceller.accept(engineId);
    }
  }

  void stop(Cause why) {
    if (cause.compareAndSet(null, why)) {
      canceller.accept(engineId);
    }
  }

  long engineId() {
    return engineId;
  }

  GenerationTask task() {
    return task;
  }

  Instant startedAt() {
    return startedAt;
  }

  /** Its caller's own limit, or null. */
  @Nullable Duration timeout() {
    return task.wishes().timeout();
  }

  /** Whether its caller's own limit has passed: it ends, also if only its other choices began. */
  boolean outlived(Instant now) {
    Duration timeout = timeout();
    return timeout != null && startedAt.plus(timeout).isBefore(now);
  }

  /** Whether it has a token itself. */
  boolean hasToken() {
    return output > 0;
  }

  /** Whether its request has a token. */
  boolean begun() {
    Choices choices = task.choices();
    return output > 0 || (choices != null && choices.begun());
  }

  /** Counts a token and passes it on, unless it came after a stop string: nobody asked for it. */
  void onToken(Token token) {
    if (cause.get() == Cause.STOP_STRING) {
      overrun++;
      return;
    }
    if (output++ == 0 && task.choices() != null) {
      task.choices().began(task.choice());
    }
    if (!reasoningEnded) {
      reasoning = output;
      reasoningEnded = token.id() == task.thinkCloseId();
    }
    cached = token.cachedTokens();
    digest.update(idBytes.clear().putInt(token.id()).flip());
    if (!deliver(token)) {
      stop(Cause.STOP_STRING);
    }
  }

  /** Tokens that came after a stop string and were not counted. */
  int overrun() {
    return overrun;
  }

  /** The tokens so far are all there are at the moment. */
  void flush() {
    try {
      listener.flush();
    } catch (RuntimeException e) {
      listenerFailed(e);
    }
  }

  /** Tells the listener the end. */
  void deliver(Ended ended) {
    deliver((GenerationEvent) ended);
  }

  /** Its end, as far as the engine is concerned, with the engine's counts. */
  Ended finished(FinishReason reason, Counts counts) {
    Usage usage = usage(counts);
    if (cause.get() == Cause.STOP_STRING) { // whatever ended what nobody asked for
      return new Ended(Finish.STOP, usage, null);
    }
    return switch (reason) {
      case END, STOP_ID -> new Ended(Finish.STOP, usage, null);
      case LENGTH -> new Ended(Finish.LENGTH, usage, null);
      case DEADLINE ->
          timeout() != null && begun()
              ? new Ended(Finish.LENGTH, usage, null)
              : failed(Finish.DEADLINE, usage, ErrorCode.DEADLINE_EXCEEDED, "It took too long");
      case CANCELLED -> cancelled(usage);
      case DRAINED -> drained(usage);
    };
  }

  /** Its end by a failure of the engine that told the counts. */
  Ended engineFailed(Counts counts) {
    return failed(Finish.ERROR, usage(counts), ErrorCode.ENGINE_FAILED, "The engine failed");
  }

  /** Its end by the death of the engine: what was counted here is all that is known. */
  Ended engineDied() {
    int prompt = output == 0 ? 0 : task.promptIds().length;
    return engineFailed(new Counts(prompt, cached, 0, 0));
  }

  /** Its end in the queue. */
  Ended neverRan(Cause why, Instant now) {
    cause.compareAndSet(null, why);
    waitedUntil(now);
    return cancelled(usage(new Counts(0, 0, 0, 0)));
  }

  /** Its end where the engine refused it. */
  Ended refused(ServiceException why) {
    return new Ended(Finish.ERROR, usage(new Counts(0, 0, 0, 0)), why);
  }

  private Ended cancelled(Usage usage) {
    Cause why = cause.get();
    return switch (why) {
      case STOP_STRING -> new Ended(Finish.STOP, usage, null);
      case QUEUE_TIMEOUT ->
          timeout() != null && begun()
              ? new Ended(Finish.LENGTH, usage, null) // its first token overtook the stop
              : failed(
                  Finish.DEADLINE,
                  usage,
                  usage.output() == 0 ? ErrorCode.QUEUE_TIMEOUT : ErrorCode.DEADLINE_EXCEEDED,
                  "It waited too long for its first token");
      case DRAIN -> drained(usage);
      case LISTENER_FAILED ->
          failed(Finish.ERROR, usage, ErrorCode.INTERNAL_ERROR, "The service failed");
      case CANCEL -> cancelledByCaller(usage);
      case null -> cancelledByCaller(usage);
    };
  }

  /** An answer that was cut off must not look whole. */
  private static Ended cancelledByCaller(Usage usage) {
    String message = "The request was cancelled. " + charged(usage);
    return new Ended(
        Finish.CANCELLED, usage, ServiceException.of(ErrorCode.REQUEST_CANCELLED, message));
  }

  /** Another replica may take it, and this one is back in a while. */
  private static Ended drained(Usage usage) {
    String message = "The model is shutting down. %s Send it again.".formatted(charged(usage));
    return new Ended(
        Finish.ERROR,
        usage,
        ServiceException.retryable(ErrorCode.SERVER_DRAINING, message, RETRY_DRAINING));
  }

  private static Ended failed(Finish finish, Usage usage, ErrorCode code, String what) {
    String message = "%s. %s Send it again.".formatted(what, charged(usage));
    return new Ended(finish, usage, ServiceException.of(code, message));
  }

  private static String charged(Usage usage) {
    return usage.output() == 0
        ? "No token was generated, so nothing is charged."
        : "Stopped after %d tokens, which are charged with the prompt.".formatted(usage.output());
  }

  private Usage usage(Counts counts) {
    int hit = Math.min(counts.cachedTokens(), counts.promptTokens());
    long queueMicros = waitedMicros + counts.queueMicros();
    return new Usage(
        hit,
        counts.promptTokens() - hit,
        reasoning,
        output,
        HexFormat.of().formatHex(outputSha256()),
        TimeUnit.MICROSECONDS.toMillis(queueMicros + counts.prefillMicros()),
        TimeUnit.MICROSECONDS.toMillis(queueMicros));
  }

  /** Of a copy: who ends it a second time, and is not heard, must not take it away. */
  private byte[] outputSha256() {
    try {
      return ((MessageDigest) digest.clone()).digest();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("SHA-256 of every JDK can be copied", e);
    }
  }

  private boolean deliver(GenerationEvent event) {
    try {
      return listener.on(event);
    } catch (RuntimeException e) {
      listenerFailed(e);
      return true;
    }
  }

  /** A listener's bug must not stop the engine of all others. */
  private void listenerFailed(RuntimeException e) {
    LOG.error("The listener of request {} failed", task.eventId(), e);
    stop(Cause.LISTENER_FAILED);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }
}
