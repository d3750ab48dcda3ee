package io.r1platform.engine;

/** What the engine answered; the codes are those of {@code r1_engine.h}. */
public enum EngineStatus {
  /** Done. */
  OK(0),
  /** Nothing happened within the time given. */
  TIMEOUT(1),
  /** A bad argument; the engine is unchanged. */
  INVALID(2),
  /** The engine, the backend or this machine cannot do it; the engine is unchanged. */
  UNSUPPORTED(3),
  /** Prompt and output do not fit the context, or an argument passes its limit. */
  TOO_LARGE(4),
  /** The Java classes and the native library are of different versions. */
  ABI(5),
  /** As many requests wait as the options allow; nothing was queued. */
  QUEUE_FULL(6),
  /** No such request, or it has finished: normal in a race. */
  NOT_FOUND(7),
  /** Not in this phase: loading, draining, failed, or a second thread polls. */
  STATE(8),
  /** The model cannot be loaded. */
  MODEL(9),
  /** The model does not fit the memory. */
  MEMORY(10),
  /** This one request failed; the others go on. */
  REQUEST(11),
  /** The backend died: every request ended with ERROR, only closing is left. */
  FATAL(12);

  private final int code;

  EngineStatus(int code) {
    this.code = code;
  }

  /** Whether this is the native code. */
  boolean is(int nativeCode) {
    return code == nativeCode;
  }

  /** The status of a native code; an unknown one is FATAL. */
  static EngineStatus ofCode(int nativeCode) {
    for (EngineStatus status : values()) {
      if (status.is(nativeCode)) {
        return status;
      }
    }
    return FATAL;
  }
}
