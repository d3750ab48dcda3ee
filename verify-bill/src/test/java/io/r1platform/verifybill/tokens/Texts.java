package io.r1platform.verifybill.tokens;

import java.util.List;
import java.util.Random;

/** Texts as people and programs write them, and as nobody does. */
final class Texts {
  private static final List<String> ENGLISH =
      List.of(
          "the",
          "most",
          "their",
          "What",
          "is",
          "we'll",
          "I'M",
          "don't",
          "HTTPServer",
          "naïve",
          "e.g.",
          "state-of-the-art",
          "x_1",
          "<b>",
          "http://r1.example/a?b=c",
          "…",
          "—",
          "“so”");
  private static final List<String> OTHER =
      List.of(
          "한국어",
          "행은",
          "몇",
          "개입니까",
          "東京",
          "日本語のテスト",
          "テスト・",
          "中文测试",
          "ру́сский",
          "עברית",
          "العَرَبِيَّة",
          "ไทย",
          "हिन्दी",
          "🙂",
          "👩‍👩‍👧",
          "🇰🇷",
          "𝔘𝔫𝔦",
          "Ⅷ",
          "①",
          "½",
          "٣٤٥");
  private static final List<String> MARKERS =
      List.of(
          "<think>",
          "</think>",
          "<｜User｜>",
          "<｜begin▁of▁sentence｜>",
          "<｜tool▁sep｜>",
          "<｜",
          "｜>",
          "</think",
          "<think>\n\n</think>");
  private static final String SPACES = " \t\n\r\u000b\f\u0085\u00a0\u1680\u2003\u2028\u202f\u3000";
  private static final String SIGNS = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~°±§€¡¿«»×÷";

  private final Random random;

  Texts(long seed) {
    random = new Random(seed);
  }

  /** The next one: of all kinds, mixed. */
  String next() {
    var text = new StringBuilder();
    int parts = 1 + random.nextInt(24);
    for (int i = 0; i < parts; i++) {
      part(text);
      if (random.nextInt(3) > 0) {
        text.append(' ');
      }
    }
    return text.toString();
  }

  private void part(StringBuilder to) {
    switch (random.nextInt(11)) {
      case 0, 1, 2 -> to.append(one(ENGLISH));
      case 3, 4 -> to.append(one(OTHER));
      case 5 -> digits(to);
      case 6 -> to.append(one(MARKERS));
      case 7 -> repeat(to, SPACES, random.nextInt(20) == 0 ? 400 : 6);
      case 8 -> repeat(to, SIGNS, 6);
      case 9 -> controls(to);
      default -> anything(to);
    }
  }

  private void digits(StringBuilder to) {
    for (int i = random.nextInt(14); i >= 0; i--) {
      to.append((char) ('0' + random.nextInt(10)));
    }
  }

  private void repeat(StringBuilder to, String of, int most) {
    char same = of.charAt(random.nextInt(of.length()));
    boolean mixed = random.nextBoolean();
    for (int i = random.nextInt(most); i >= 0; i--) {
      to.append(mixed ? of.charAt(random.nextInt(of.length())) : same);
    }
  }

  private void controls(StringBuilder to) {
    for (int i = random.nextInt(4); i >= 0; i--) {
      to.append((char) random.nextInt(0xa0));
    }
  }

  /** Any character, of the first planes more often. */
  private void anything(StringBuilder to) {
    for (int i = random.nextInt(12); i >= 0; i--) {
      int point = random.nextInt(random.nextInt(3) == 0 ? 0x110000 : 0x3400);
      to.appendCodePoint(point >= 0xd800 && point <= 0xdfff ? '?' : point);
    }
  }

  private String one(List<String> of) {
    return of.get(random.nextInt(of.size()));
  }
}
