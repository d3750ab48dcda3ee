package io.r1platform.inference.generation;

import io.r1platform.engine.Engine;
import io.r1platform.engine.EngineException;
import io.r1platform.engine.EngineStatus;
import io.r1platform.engine.ModelInfo;
import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import io.r1platform.prompts.R1Template;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A loaded model's tokenizer. For any thread, also while the engine generates. */
public final class Vocabulary {
  private static final String CALLS_BEGIN = "<｜tool▁calls▁begin｜>";

  private static final Duration RETRY = Duration.ofSeconds(5);

  private final Engine engine;
  private final int size;
  private final Set<Ability> abilities;
  private volatile @Nullable R1Template template; // the first request makes it

  Vocabulary(Engine engine) {
    this.engine = engine;
    ModelInfo model = engine.model();
    this.size = model.vocabularySize();
    this.abilities = Ability.of(model.features(), engine.tokenId(CALLS_BEGIN) >= 0);
  }

  /** The id of a marker such as {@code <｜User｜>}, or −1. */
  public int markerId(String marker) {
    return engine.tokenId(marker);
  }

  /**
   * R1's template in this vocabulary.
   *
   * @throws IllegalArgumentException if it lacks one of R1's markers
   */
  public R1Template template() {
    R1Template known = template;
    if (known == null) {
      known = new R1Template(this::markerId, this::tokenize);
      template = known;
    }
    return known;
  }

  /** Ids are 0 to this, exclusive. */
  public int size() {
    return size;
  }

  /** What can be asked of this model. */
  public Set<Ability> abilities() {
    return abilities;
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
