package io.r1platform.eval.problems;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One question.
 *
 * @param id unique in its set
 * @param prompt the user's message as it is sent
 * @param expected the reference answer; of a choice its text, of a pair empty
 * @param alternatives of a choice all choices; of an exact answer what else is right
 * @param family such as {@code Algebra}; may be empty, as level and language
 * @param siblingOf the problem of the set that this one was made from, or null
 * @param pair the two items of a pair, else null
 */
public record Problem(
    String id,
    Kind kind,
    String prompt,
    String expected,
    List<String> alternatives,
    String family,
    String level,
    String language,
    @Nullable String siblingOf,
    @Nullable Pair pair) {

  /**
   * Two items in the order in which they are shown.
   *
   * @param first index of the item that is shown first
   * @param second index of the other
   */
  public record Pair(int first, int second) {}

  /** Takes copies. */
  public Problem {
    alternatives = List.copyOf(alternatives);
  }

  /** Whether it is one of the set's own, neither a pair nor made for comparison. */
  public boolean isScored() {
    return kind != Kind.PAIR && siblingOf == null;
  }
}
