package io.r1platform.engine;

/** A refusal or a failure of the engine. Messages never contain text of a prompt. */
public final class EngineException extends RuntimeException {
  private final EngineStatus status;

  EngineException(EngineStatus status, String message) {
    super(status + ": " + message);
    this.status = status;
  }

  EngineException(EngineStatus status, String message, Throwable cause) {
    super(status + ": " + message, cause);
    this.status = status;
  }

  /** What kind of failure this is, for decisions; the message is for people. */
  public EngineStatus status() {
    return status;
  }
}
