package io.r1platform.inference.generation;

import io.r1platform.engine.EngineException;
import io.r1platform.engine.EngineOptions.Backend;
import org.jspecify.annotations.Nullable;

/**
 * The end of an engine that nobody asked for.
 *
 * @param kind how it ended
 * @param cause what was thrown, or null
 */
record Death(Kind kind, @Nullable Throwable cause) {
  /** How an engine ended. */
  enum Kind {
    /** It could not load its model. */
    NOT_LOADED,
    /** It died once it was ready; it is closed. */
    DIED,
    /** It or its thread stands still: it cannot be closed and keeps its memory. */
    HANGS
  }

  /**
   * Whether the process may live on without it. Ranks keep their GPUs, a hung engine its memory,
   * and after an Error nothing in the process is sure. A file that is refused harms nobody; any
   * other death is worth a restart only if nothing else is served.
   */
  boolean contained(Backend backend, boolean othersServe) {
    if (backend == Backend.TRTLLM || kind == Kind.HANGS || cause instanceof Error) {
      return false;
    }
    boolean file = cause instanceof EngineException || cause instanceof IllegalArgumentException;
    boolean refused = kind == Kind.NOT_LOADED && file; // the latter by our template
    return refused || othersServe;
  }
}
