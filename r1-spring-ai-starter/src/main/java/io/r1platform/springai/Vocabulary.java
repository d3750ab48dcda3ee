package io.r1platform.springai;

import io.r1platform.engine.Engine;
import io.r1platform.engine.EngineException;
import io.r1platform.engine.ModelInfo;
import io.r1platform.prompts.R1Template;
import java.nio.charset.StandardCharsets;

/** The loaded model's template and tokens. For any thread, also while the engine generates. */
final class Vocabulary {
  private final Engine engine;
  private final R1Template template;
  private final int contextTokens;

  Vocabulary(Engine engine, ModelInfo model) {
    this.engine = engine;
    this.template = new R1Template(engine::tokenId, this::tokenize);
    this.contextTokens = model.contextTokens();
  }

  R1Template template() {
    return template;
  }

  /** Longest prompt and output together. */
  int contextTokens() {
    return contextTokens;
  }

  /** A token's bytes as text. */
  String text(int id) {
    return new String(engine.detokenize(new int[] {id}), StandardCharsets.UTF_8);
  }

  private int[] tokenize(String text) {
    try {
      return engine.tokenize(text);
    } catch (EngineException e) {
      throw R1Exception.of(e);
    }
  }
}
