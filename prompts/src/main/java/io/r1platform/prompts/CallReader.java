package io.r1platform.prompts;

import java.util.List;

/** Finds tool calls in the answer. Not for many threads at once. */
sealed interface CallReader permits MarkedCalls, ListedCalls, NamedCall {
  /**
   * What became certain.
   *
   * @param content text that belongs to no call
   * @param calls parts of calls
   */
  record Found(String content, List<CallDelta> calls) {
    static final Found NOTHING = new Found("", List.of());

    static Found content(String text) {
      return text.isEmpty() ? NOTHING : new Found(text, List.of());
    }
  }

  /** Whether this token is a marker of calls, not text. */
  boolean knows(int id);

  /** Such a marker in the answer. */
  Found marker(int id, String text);

  /** Text in the answer. */
  Found text(String text);

  /** What waits, when nothing follows. */
  Found finish();

  /** Whether the one call that is wanted is whole: more tokens add nothing. */
  boolean enough();
}
