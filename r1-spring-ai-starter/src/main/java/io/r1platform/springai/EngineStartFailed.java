package io.r1platform.springai;

import io.r1platform.engine.EngineException;
import io.r1platform.engine.EngineStatus;
import java.nio.file.Path;

/** The engine could not load the model, so the application does not start. */
final class EngineStartFailed extends RuntimeException {
  private final transient Path model;
  private final EngineStatus status;

  EngineStartFailed(Path model, EngineException cause) {
    super("R1 could not be started from " + model + ": " + cause.getMessage(), cause);
    this.model = model;
    this.status = cause.status();
  }

  Path model() {
    return model;
  }

  EngineStatus status() {
    return status;
  }
}
