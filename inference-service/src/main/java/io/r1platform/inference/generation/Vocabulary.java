package io.r1platform.inference.generation;

import io.r1platform.engine.Engine;
import io.r1platform.engine.EngineException;
import io.r1platform.engine.EngineStatus;
import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;

/** The loaded model's tokenizer. For any thread, also while the engine generates. */
public final class Vocabulary {
  private final Engine engine;

  Vocabulary(Engine engine) {
    this.engine = engine;
  }

  /** The id of a marker such as {@code <｜User｜>}, or −1. */
  public int markerId(String marker) {
    return engine.tokenId(marker);
  }

  /**
   * The ids of a text, without BOS.
   *
   * @throws ServiceException context_length_exceeded for a text over 2 MiB
   */
  public int[] tokenize(String text) {
    try {
      return engine.tokenize(text);
    } catch (EngineException e) {
      if (e.status() == EngineStatus.TOO_LARGE) {
        throw ServiceException.ofParam(
            ErrorCode.CONTEXT_LENGTH_EXCEEDED, "messages", "One text is longer than 2 MiB.");
      }
      throw e;
    }
  }
}
