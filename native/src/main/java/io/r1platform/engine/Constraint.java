package io.r1platform.engine;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What an output must be; at most 64 KiB of UTF-8 without U+0000. A request ends with REQUEST where
 * the next token of its output takes too much work to find: very many ways at once, deeply nested.
 */
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
    /** Checks the length, and that no U+0000 would end it early. */
    public JsonSchema {
      check(schema);
    }
  }

  /**
   * A text that a regular expression matches as a whole: literals, classes, groups, alternatives
   * and repetitions; others are UNSUPPORTED where the backend takes no expression itself.
   *
   * @param pattern the expression
   */
  record Regex(String pattern) implements Constraint {
    /** Checks the length, and that no U+0000 would end it early. */
    public Regex {
      check(pattern);
    }
  }

  /**
   * One of these texts, each a JSON value of a schema between two fixed texts. Needs a backend that
   * takes grammars; the schemas' keywords are those of {@link JsonSchema}.
   *
   * @param alternatives at least one
   */
  record Framed(List<Alternative> alternatives) implements Constraint {
    /**
     * One of the texts.
     *
     * @param before what comes first
     * @param schema the JSON Schema of what follows
     * @param after what comes last
     */
    public record Alternative(String before, String schema, String after) {
      /** Checks the lengths, and that no U+0000 would end it early. */
      public Alternative {
        check(before + schema + after);
      }
    }

    /** Checks that there is one. */
    public Framed {
      alternatives = List.copyOf(alternatives);
      if (alternatives.isEmpty()) {
        throw new IllegalArgumentException("a framed constraint needs an alternative");
      }
    }
  }

  /**
   * A text of a grammar.
   *
   * @param gbnf in llama.cpp's notation; its first symbol is {@code root}
   */
  record Grammar(String gbnf) implements Constraint {
    /** Checks the length, and that no U+0000 would end it early. */
    public Grammar {
      check(gbnf);
    }
  }

  private static void check(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a constraint has no U+0000");
    }
    if (text.isEmpty() || text.getBytes(StandardCharsets.UTF_8).length > BYTES_MAX) {
      throw new IllegalArgumentException("a constraint must have 1 byte to 64 KiB");
    }
  }
}
