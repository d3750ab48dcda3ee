package io.r1platform.engine;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A constraint as {@code r1_engine.h} takes it.
 *
 * @param kind 0 none, 1 JSON object, 2 JSON Schema, 3 regular expression, 4 grammar
 * @param text of 2 to 4
 */
record SentConstraint(int kind, String text) {
  /** As it is where the backend knows its kind, else as a grammar. */
  static SentConstraint of(@Nullable Constraint constraint, Set<ModelInfo.Feature> features) {
    return switch (constraint) {
      case null -> new SentConstraint(0, "");
      case Constraint.JsonObject() ->
          features.contains(ModelInfo.Feature.JSON_OBJECT)
              ? new SentConstraint(1, "")
              : grammar(Gbnf.jsonObject());
      case Constraint.JsonSchema(String schema) ->
          features.contains(ModelInfo.Feature.JSON_SCHEMA)
              ? new SentConstraint(2, schema)
              : grammar(JsonSchemaGrammar.of(schema));
      case Constraint.Regex(String pattern) ->
          features.contains(ModelInfo.Feature.REGEX)
              ? new SentConstraint(3, pattern)
              : grammar(RegexGrammar.of(pattern));
      case Constraint.Framed(var alternatives) -> grammar(JsonSchemaGrammar.of(alternatives));
      case Constraint.Grammar(String gbnf) -> grammar(gbnf);
    };
  }

  private static SentConstraint grammar(String gbnf) {
    if (gbnf.getBytes(StandardCharsets.UTF_8).length > Constraint.BYTES_MAX) {
      throw new EngineException(
          EngineStatus.TOO_LARGE, "the constraint is a grammar of more than 64 KiB");
    }
    return new SentConstraint(4, gbnf);
  }
}
