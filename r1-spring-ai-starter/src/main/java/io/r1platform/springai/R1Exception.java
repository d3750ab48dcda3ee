package io.r1platform.springai;

import io.r1platform.engine.EngineException;

/** A refusal or a failure of a call. Messages never contain text of a prompt. */
public final class R1Exception extends RuntimeException {
  /** What to do about it. */
  public enum Reason {
    /** The call asks what this model cannot do; change it. */
    INVALID,
    /** Prompt and output do not fit the context; shorten it. */
    CONTEXT_LENGTH,
    /** As many calls wait as the settings allow; try again later. */
    OVERLOADED,
    /** The engine is starting, stopping or dead. */
    UNAVAILABLE,
    /** It took longer than {@code r1.chat.deadline}. */
    DEADLINE,
    /** The caller's thread was interrupted. */
    CANCELLED,
    /** The engine failed at this call; others go on. */
    FAILED
  }

  private final Reason reason;
  private final transient R1Usage usage;

  R1Exception(Reason reason, String message) {
    this(reason, message, R1Usage.NONE);
  }

  R1Exception(Reason reason, String message, R1Usage usage) {
    super(message);
    this.reason = reason;
    this.usage = usage;
  }

  private R1Exception(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.usage = R1Usage.NONE;
  }

  static R1Exception invalid(String message) {
    return new R1Exception(Reason.INVALID, message);
  }

  static R1Exception standsStill() {
    return new R1Exception(Reason.UNAVAILABLE, "The engine stands still");
  }

  /** A refusal of the engine. */
  static R1Exception of(EngineException e) {
    Reason reason =
        switch (e.status()) {
          case INVALID, UNSUPPORTED -> Reason.INVALID;
          case TOO_LARGE -> Reason.CONTEXT_LENGTH;
          case QUEUE_FULL -> Reason.OVERLOADED;
          case STATE, FATAL -> Reason.UNAVAILABLE;
          case OK, TIMEOUT, ABI, NOT_FOUND, MODEL, MEMORY, REQUEST -> Reason.FAILED;
        };
    return new R1Exception(reason, String.valueOf(e.getMessage()), e);
  }

  /** What to do about it. */
  public Reason reason() {
    return reason;
  }

  /** What was generated until then; all 0 where the engine did not take the call. */
  public R1Usage usage() {
    return usage;
  }
}
