package io.r1platform.receipts;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** Strict readings of text that machines wrote. */
public final class Lines {
  private static final Pattern COUNT = Pattern.compile("0|[1-9][0-9]{0,18}");
  private static final int SHOWN = 60;

  private Lines() {}

  /**
   * UTF-8 without a wrong byte.
   *
   * @throws NotGenuine if a byte is wrong
   */
  public static String utf8(byte[] bytes, String what) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new NotGenuine(what + " is not UTF-8", e);
    }
  }

  /**
   * Lines that each end in a newline, and in no other control character.
   *
   * @throws NotGenuine if the last has none, or there is another control character
   */
  public static List<String> of(String text, String what) {
    if (!text.isEmpty() && !text.endsWith("\n")) {
      throw new NotGenuine(what + " does not end in a newline");
    }
    if (text.chars().anyMatch(c -> c < ' ' && c != '\n')) {
      throw new NotGenuine(what + " has a control character");
    }
    String[] lines = text.split("\n", -1);
    return List.of(Arrays.copyOf(lines, lines.length - 1));
  }

  /**
   * A decimal number from 0, without a sign or a leading zero.
   *
   * @throws NotGenuine if it is anything else, or more than a {@code long}
   */
  public static long count(String digits, String what) {
    if (COUNT.matcher(digits).matches()) {
      try {
        return Long.parseLong(digits);
      } catch (NumberFormatException e) {
        throw new NotGenuine(what + " is too large: " + digits, e);
      }
    }
    throw new NotGenuine(what + " is not a number: " + shown(digits));
  }

  /**
   * What follows {@code word} and a space.
   *
   * @throws NotGenuine if the line begins with anything else
   */
  public static String after(String word, String line, String what) {
    if (!line.startsWith(word + " ")) {
      throw new NotGenuine(
          "%s: a line should begin with '%s', it is '%s'".formatted(what, word, shown(line)));
    }
    return line.substring(word.length() + 1);
  }

  /** Cut to what fits in a message, without what a terminal would obey. */
  public static String shown(String text) {
    String start = text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    return start.replaceAll("\\p{Cntrl}", "?");
  }
}
