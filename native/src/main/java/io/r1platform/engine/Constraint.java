package io.r1platform.engine;

import java.nio.charset.StandardCharsets;

/** What an output must be; at most 64 KiB of UTF-8. */
public sealed interface Constraint {
  /** Bytes of a constraint's text at most. */
  int BYTES_MAX = 64 << 10;

  /** Any JSON object. */
  record JsonObject() implements Constraint {}

  /**
   * A JSON value of a schema. Where the backend takes no schema itself, these keywords are
   * understood, and any other is UNSUPPORTED ({@code unsupported_schema}): type, properties,
   * required, additionalProperties, items, minItems, maxItems, minLength, maxLength (to 1,000),
   * enum, const, anyOf, $ref within the schema, and annotations. Properties are then generated in
   * the schema's order, and none beside them.
   *
   * @param schema the JSON Schema
   */
  record JsonSchema(String schema) implements Constraint {
    /** Checks the length. */
    public JsonSchema {
      checkLength(schema);
    }
  }

  /**
   * A text that a regular expression matches as a whole: literals, classes, groups, alternatives
   * and repetitions; others are UNSUPPORTED where the backend takes no expression itself.
   *
   * @param pattern the expression
   */
  record Regex(String pattern) implements Constraint {
    /** Checks the length. */
    public Regex {
      checkLength(pattern);
    }
  }

  /**
   * A text of a grammar.
   *
   * @param gbnf in llama.cpp's notation; its first symbol is {@code root}
   */
  record Grammar(String gbnf) implements Constraint {
    /** Checks the length. */
    public Grammar {
      checkLength(gbnf);
    }
  }

  private static void checkLength(String text) {
    if (text.isEmpty() || text.getBytes(StandardCharsets.UTF_8).length > BYTES_MAX) {
      throw new IllegalArgumentException("a constraint must have 1 byte to 64 KiB");
    }
  }
}
