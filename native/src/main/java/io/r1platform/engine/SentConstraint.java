package io.r1platform.engine;

import org.jspecify.annotations.Nullable;

/**
 * A constraint as {@code r1_engine.h} takes it.
 *
 * @param kind 0 none, 1 JSON object, 2 JSON Schema, 3 regular expression, 4 grammar
 * @param text of 2 to 4
 */
record SentConstraint(int kind, String text) {
  static SentConstraint of(@Nullable Constraint constraint) {
    return switch (constraint) {
      case null -> new SentConstraint(0, "");
      case Constraint.JsonObject() -> new SentConstraint(1, "");
      case Constraint.JsonSchema(String schema) -> new SentConstraint(2, schema);
      case Constraint.Regex(String pattern) -> new SentConstraint(3, pattern);
      case Constraint.Grammar(String gbnf) -> new SentConstraint(4, gbnf);
    };
  }
}
