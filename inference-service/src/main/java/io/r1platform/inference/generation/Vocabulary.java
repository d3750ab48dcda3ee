package io.r1platform.inference.generation;

import io.r1platform.engine.Engine;
import io.r1platform.engine.EngineException;
import io.r1platform.engine.EngineStatus;
import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import java.time.Duration;
import java.util.Set;

/** A loaded model's tokenizer. For any thread, also while the engine generates. */
public final class Vocabulary {
  private static final String CALLS_BEGIN = "<｜tool▁calls▁begin｜>";

  private static final Duration RETRY = Duration.ofSeconds(5);

  private final Engine engine;

  Vocabulary(Engine engine) {
    this.engine = engine;
  }

  /** The id of a marker such as {@code <｜User｜>}, or −1. */
  public int markerId(String marker) {
    return engine.tokenId(marker);
  }

  /** Ids are 0 to this, exclusive. */
  public int size() {
    return engine.model().vocabularySize();
  }

  /** The bytes of a token. */
  public byte[] piece(int id) {
    return engine.detokenize(new int[] {id});
  }

  /** What can be asked of this model. */
  public Set<Ability> abilities() {
    return Ability.of(engine.model().features(), engine.tokenId(CALLS_BEGIN) >= 0);
  }

  /**
   * Checks that answers can be held to a shape.
   *
   * @throws ServiceException unsupported_schema, naming what cannot be enforced
   */
  public void check(AnswerShape shape) {
    try {
      engine.check(EngineRequests.constraint(shape));
    } catch (EngineException e) {
      ServiceException refusal = EngineRequests.refusal(e, true);
      throw refusal == null ? e : refusal;
    }
  }

  /**
   * The ids of a text, without BOS.
   *
   * @throws ServiceException context_length_exceeded for a text over 2 MiB; engine_unavailable if
   *     the model was unloaded meanwhile
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
    } catch (IllegalStateException _) { // it was closed meanwhile
      throw ServiceException.retryable(
          ErrorCode.ENGINE_UNAVAILABLE,
          "The model was unloaded. Nothing was charged; send the request again.",
          RETRY);
    }
  }
}
