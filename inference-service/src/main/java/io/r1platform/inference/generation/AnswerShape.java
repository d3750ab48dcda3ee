package io.r1platform.inference.generation;

import java.util.List;

/** What an answer must be, from the token after {@link #afterId} on. */
public sealed interface AnswerShape {
  /** The token after which it holds. */
  int afterId();

  /** Any JSON object. */
  record JsonObject(int afterId) implements AnswerShape {}

  /** A JSON value of a schema. */
  record JsonSchema(String schema, int afterId) implements AnswerShape {}

  /**
   * One of these texts, if the token comes at all.
   *
   * @param texts each a JSON value of a schema between two fixed texts
   */
  record Framed(List<Text> texts, int afterId) implements AnswerShape {
    /** One of the texts. */
    public record Text(String before, String schema, String after) {}

    /** Takes a copy. */
    public Framed {
      texts = List.copyOf(texts);
    }
  }
}
