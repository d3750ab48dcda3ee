package io.r1platform.prompts;

import java.util.ArrayList;
import java.util.List;

/**
 * A vocabulary for tests: markers are negative to no one and below 100, every character is a token
 * of its own. Like some real ones it recognizes a whole marker inside a text.
 */
final class PrintedVocabulary {
  static final List<String> MARKERS =
      List.of(
          "<｜begin▁of▁sentence｜>",
          "<｜end▁of▁sentence｜>",
          "<｜User｜>",
          "<｜Assistant｜>",
          "<think>",
          "</think>",
          "<｜tool▁calls▁begin｜>",
          "<｜tool▁calls▁end｜>",
          "<｜tool▁call▁begin｜>",
          "<｜tool▁call▁end｜>",
          "<｜tool▁sep｜>",
          "<｜tool▁outputs▁begin｜>",
          "<｜tool▁outputs▁end｜>",
          "<｜tool▁output▁begin｜>",
          "<｜tool▁output▁end｜>");
  private static final int CHARACTERS_FROM = 100;

  int markerId(String marker) {
    return MARKERS.indexOf(marker);
  }

  int[] tokenize(String text) {
    var ids = new ArrayList<Integer>();
    int at = 0;
    while (at < text.length()) {
      String rest = text.substring(at);
      String marker = MARKERS.stream().filter(rest::startsWith).findFirst().orElse("");
      if (marker.isEmpty()) {
        ids.add(CHARACTERS_FROM + text.charAt(at));
        at++;
      } else {
        ids.add(markerId(marker));
        at += marker.length();
      }
    }
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Ids as text; real markers stand in double brackets. */
  String print(int[] ids) {
    var text = new StringBuilder();
    for (int id : ids) {
      if (id < CHARACTERS_FROM) {
        text.append('⟦').append(MARKERS.get(id)).append('⟧');
      } else {
        text.append((char) (id - CHARACTERS_FROM));
      }
    }
    return text.toString();
  }
}
