package io.r1platform.verifybill.tokens;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * DeepSeek-V3's rule: digits in threes; then Chinese characters and kana by themselves; then words,
 * punctuation and white space. Each step goes on within the cuts of the one before.
 */
final class DeepSeekRule implements SplitRule {
  private static final int THREE = 3;

  /** Stand for the characters beyond ASCII of a category, one char for a code point. */
  private static final String NUMBER = "\u00d1";

  private static final String LETTER = "\u00d2";
  private static final String PUNCTUATION = "\u00d3";
  private static final String MARK = "\u00d4";
  private static final String SYMBOL = "\u00d5";
  private static final String OTHER = "\u00d0";

  private static final String LETTERS = LETTER + "A-Za-z";
  private static final String PUNCTUATIONS = PUNCTUATION + "!-#%-*,-/:;?@\\[-\\]_{}";
  private static final String SYMBOLS = SYMBOL + "$+<->\\^`|~";
  private static final Pattern WORDS =
      Pattern.compile(
          ("[!-/:-@\\[-`{-~][A-Za-z]+|[^\r\n%s%s%s]?[%s%s]+| ?[%s%s]+[\r\n]*"
                  + "|\\s*[\r\n]+|\\s+(?!\\S)|\\s+")
              .formatted(LETTERS, PUNCTUATIONS, SYMBOLS, LETTERS, MARK, PUNCTUATIONS, SYMBOLS));

  @Override
  public void split(int[] text, Cuts cuts) {
    var stood = new StringBuilder(text.length);
    for (int c : text) {
      stood.append(standIn(c));
    }
    Matcher words = WORDS.matcher(stood);
    int from = 0;
    while (from < text.length) {
      int to = from;
      if (isNumber(stood.charAt(from))) {
        while (to < text.length && to - from < THREE && isNumber(stood.charAt(to))) {
          to++;
        }
        cuts.at(to);
      } else if (isKanaOrHan(text[from])) {
        while (to < text.length && isKanaOrHan(text[to])) {
          to++;
        }
        words(words, from, to, cuts);
      } else {
        while (to < text.length && !isNumber(stood.charAt(to)) && !isKanaOrHan(text[to])) {
          to++;
        }
        words(words, from, to, cuts);
      }
      from = to;
    }
  }

  private static void words(Matcher words, int from, int to, Cuts cuts) {
    words.region(from, to);
    int ended = from;
    while (words.find()) {
      if (words.start() > ended) {
        cuts.at(words.start());
      }
      ended = words.end();
      cuts.at(ended);
    }
    if (ended < to) {
      cuts.at(to);
    }
  }

  private static boolean isNumber(char c) {
    return (c >= '0' && c <= '9') || c == NUMBER.charAt(0);
  }

  private static boolean isKanaOrHan(int c) {
    return (c >= 0x4e00 && c <= 0x9fa5) || (c >= 0x3040 && c <= 0x30ff);
  }

  private static String standIn(int c) {
    if (c < 0x80) {
      return Character.toString(c);
    }
    return switch (Categories.of(c)) {
      case NUMBER -> NUMBER;
      case LETTER -> LETTER;
      case MARK -> MARK;
      case PUNCTUATION -> PUNCTUATION;
      case SYMBOL -> SYMBOL;
      case SPACE -> "\u000b";
      case OTHER -> OTHER;
    };
  }
}
