package io.r1platform.engine;

/**
 * Where an engine stands.
 *
 * @param phase the phase now
 * @param progress of loading, 0 to 1
 * @param message why it failed; empty unless {@code phase} is FAILED
 */
public record EngineState(Phase phase, float progress, String message) {

  /** LOADING, READY, DRAINING, DRAINED in this order; FAILED after any. */
  public enum Phase {
    /** The model is being read; no request is accepted yet. */
    LOADING,
    /** Requests are accepted. */
    READY,
    /** No new request is accepted; accepted ones go on. */
    DRAINING,
    /** Every accepted request has ended. */
    DRAINED,
    /** Loading failed or the backend died; only closing is left. */
    FAILED;

    private static final Phase[] BY_CODE = values();

    static Phase ofCode(int code) {
      return BY_CODE[code];
    }
  }

  /** Whether requests are accepted. */
  public boolean ready() {
    return phase == Phase.READY;
  }
}
