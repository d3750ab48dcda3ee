package io.r1platform.prompts;

import java.util.List;

/**
 * Finds stop strings in text that comes in pieces. What may be the beginning of one is held back;
 * from a found one on, nothing is let through.
 */
final class StopStrings {
  private final List<String> stops;
  private final StringBuilder held = new StringBuilder();
  private boolean found;

  StopStrings(List<String> stops) {
    this.stops = List.copyOf(stops);
  }

  /** Whether a stop string was found. */
  boolean found() {
    return found;
  }

  /** The text that no stop string can hold any more. */
  String accept(String text) {
    if (found) {
      return "";
    }
    held.append(text);
    int match = firstMatch();
    if (match >= 0) {
      found = true;
      String before = held.substring(0, match);
      held.setLength(0);
      return before;
    }
    int safe = held.length() - longestBeginning();
    String through = held.substring(0, safe);
    held.delete(0, safe);
    return through;
  }

  /** What was held back, when nothing follows. */
  String finish() {
    String rest = held.toString();
    held.setLength(0);
    return rest;
  }

  private int firstMatch() {
    int first = -1;
    for (String stop : stops) {
      int at = held.indexOf(stop);
      if (at >= 0 && (first < 0 || at < first)) {
        first = at;
      }
    }
    return first;
  }

  /** Length of the longest end of {@code held} that begins a stop string. */
  private int longestBeginning() {
    int longest = 0;
    for (String stop : stops) {
      int most = Math.min(stop.length() - 1, held.length());
      for (int length = most; length > longest; length--) {
        if (endsWith(stop, length)) {
          longest = length;
        }
      }
    }
    return longest;
  }

  private boolean endsWith(String stop, int length) {
    int from = held.length() - length;
    for (int i = 0; i < length; i++) {
      if (held.charAt(from + i) != stop.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
