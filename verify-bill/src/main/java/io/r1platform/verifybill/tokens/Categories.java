package io.r1platform.verifybill.tokens;

import java.util.Arrays;

/**
 * What the engine knows of a character: Unicode 15.1. A JDK knows more; what came later is unknown
 * here as it is there, else such a text would be split elsewhere.
 */
final class Categories {
  /** Begins and ends of the ranges that Unicode 16 assigned, hexadecimal. */
  private static final int[] LATER =
      """
      897 897 1b4e 1b4f 1b7f 1b7f 1c89 1c8a 2427 2429 31e4 31e5 a7cb a7cd a7da a7dc 105c0 105f3
      10d40 10d65 10d69 10d85 10d8e 10d8f 10ec2 10ec4 10efc 10efc 11380 11389 1138b 1138b
      1138e 1138e 11390 113b5 113b7 113c0 113c2 113c2 113c5 113c5 113c7 113ca 113cc 113d5
      113d7 113d8 113e1 113e2 116d0 116e3 11bc0 11be1 11bf0 11bf9 11f5a 11f5a 13460 143fa
      16100 16139 16d40 16d79 18cff 18cff 1cc00 1ccf9 1cd00 1ceb3 1e5d0 1e5fa 1e5ff 1e5ff
      1f8b2 1f8bb 1f8c0 1f8c1 1fa89 1fa89 1fa8f 1fa8f 1fabe 1fabe 1fac6 1fac6 1fadc 1fadc
      1fadf 1fadf 1fae9 1fae9 1fbcb 1fbef
      """
          .strip()
          .lines()
          .flatMap(line -> Arrays.stream(line.strip().split(" ")))
          .mapToInt(hex -> Integer.parseInt(hex, 16))
          .toArray();

  /** What a split rule asks. */
  enum Category {
    NUMBER,
    LETTER,
    MARK,
    PUNCTUATION,
    SYMBOL,
    SPACE,
    OTHER
  }

  private Categories() {}

  /** Of a code point; white space before all others. */
  static Category of(int codePoint) {
    if (isSpace(codePoint)) {
      return Category.SPACE;
    }
    return switch (Character.getType(codePoint)) {
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
          known(codePoint, Category.NUMBER);
      case Character.UPPERCASE_LETTER,
          Character.LOWERCASE_LETTER,
          Character.TITLECASE_LETTER,
          Character.MODIFIER_LETTER,
          Character.OTHER_LETTER ->
          known(codePoint, Category.LETTER);
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.COMBINING_SPACING_MARK ->
          known(codePoint, Category.MARK);
      case Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.CONNECTOR_PUNCTUATION,
          Character.OTHER_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION ->
          known(codePoint, Category.PUNCTUATION);
      case Character.MATH_SYMBOL,
          Character.CURRENCY_SYMBOL,
          Character.MODIFIER_SYMBOL,
          Character.OTHER_SYMBOL ->
          known(codePoint, Category.SYMBOL);
      default -> Category.OTHER;
    };
  }

  private static Category known(int codePoint, Category category) {
    for (int i = 0; i < LATER.length && LATER[i] <= codePoint; i += 2) {
      if (codePoint <= LATER[i + 1]) {
        return Category.OTHER;
      }
    }
    return category;
  }

  private static boolean isSpace(int c) {
    return (c >= 0x9 && c <= 0xd)
        || c == 0x20
        || c == 0x85
        || c == 0xa0
        || c == 0x1680
        || (c >= 0x2000 && c <= 0x200a)
        || c == 0x2028
        || c == 0x2029
        || c == 0x202f
        || c == 0x205f
        || c == 0x3000;
  }
}
