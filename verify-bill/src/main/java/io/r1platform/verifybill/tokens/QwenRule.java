package io.r1platform.verifybill.tokens;

import io.r1platform.verifybill.tokens.Categories.Category;

/**
 * Qwen2's rule: contractions, words with one sign before them, single digits, signs, white space.
 */
final class QwenRule implements SplitRule {
  private static final int NONE = -1;

  @Override
  public void split(int[] text, Cuts cuts) {
    int at = 0;
    while (at < text.length) {
      at = end(text, at);
      cuts.at(at);
    }
  }

  private static int end(int[] text, int at) {
    int contraction = contraction(text, at);
    if (contraction > 0) {
      return at + contraction;
    }
    int c = text[at];
    Category here = Categories.of(c);
    boolean breaks = c == '\r' || c == '\n';
    if (!breaks
        && here != Category.NUMBER
        && (here == Category.LETTER || is(text, at + 1, Category.LETTER))) {
      int to = at + 1;
      while (is(text, to, Category.LETTER)) {
        to++;
      }
      return to;
    }
    if (here == Category.NUMBER) {
      return at + 1;
    }
    int signs = at + (c == ' ' ? 1 : 0);
    if (isSign(text, signs)) {
      while (isSign(text, signs)) {
        signs++;
      }
      while (at(text, signs) == '\r' || at(text, signs) == '\n') {
        signs++;
      }
      return signs;
    }
    return afterSpace(text, at);
  }

  private static int afterSpace(int[] text, int at) {
    int to = at;
    int lineEnd = 0;
    while (is(text, to, Category.SPACE)) {
      if (text[to] == '\r' || text[to] == '\n') {
        lineEnd = to + 1;
      }
      to++;
    }
    if (lineEnd > 0) {
      return lineEnd;
    }
    if (to - at > 1 && to < text.length) {
      return to - 1; // the last belongs to what follows
    }
    return Math.max(to, at + 1);
  }

  /** How long 's, 't, 're, 've, 'm, 'll or 'd is there; 0: there is none. */
  private static int contraction(int[] text, int at) {
    if (text[at] != '\'') {
      return 0;
    }
    int next = lower(at(text, at + 1));
    int after = lower(at(text, at + 2));
    if (next == 's' || next == 't' || next == 'm' || next == 'd') {
      return 2;
    }
    boolean two = ((next == 'r' || next == 'v') && after == 'e') || (next == 'l' && after == 'l');
    return two ? 3 : 0;
  }

  private static int lower(int c) {
    return c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c;
  }

  private static int at(int[] text, int at) {
    return at < text.length ? text[at] : NONE;
  }

  private static boolean is(int[] text, int at, Category category) {
    return at < text.length && Categories.of(text[at]) == category;
  }

  private static boolean isSign(int[] text, int at) {
    if (at >= text.length) {
      return false;
    }
    Category category = Categories.of(text[at]);
    return category != Category.SPACE && category != Category.LETTER && category != Category.NUMBER;
  }
}
