package io.r1platform.verifybill;

import io.r1platform.receipts.Lines;
import io.r1platform.receipts.NotGenuine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON (RFC 8259) into {@link Map}, {@link List}, {@link String}, {@link Boolean}, {@link
 * Numeral} and null. A name twice in an object, or nesting over 100, is an error.
 */
final class Json {
  /** A number as it was written. */
  record Numeral(String text) {}

  private static final int DEEPEST = 100;

  private final String text;
  private final String what;
  private int at;

  private Json(String text, String what) {
    this.text = text;
    this.what = what;
  }

  /**
   * Reads one value and nothing after it.
   *
   * @throws NotGenuine if it is no JSON
   */
  static @Nullable Object read(String text, String what) {
    var json = new Json(text, what);
    Object value = json.value(0);
    json.blank();
    if (json.at != text.length()) {
      throw json.wrong();
    }
    return value;
  }

  private @Nullable Object value(int depth) {
    blank();
    if (depth > DEEPEST) {
      throw wrong();
    }
    return switch (peek()) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      default -> number();
    };
  }

  private Map<String, @Nullable Object> object(int depth) {
    var members = new LinkedHashMap<String, @Nullable Object>();
    at++;
    blank();
    if (peek() == '}') {
      at++;
      return members;
    }
    while (true) {
      blank();
      String name = string();
      blank();
      expect(':');
      Object value = value(depth + 1);
      if (members.containsKey(name)) {
        throw new NotGenuine("%s: '%s' stands twice".formatted(what, Lines.shown(name)));
      }
      members.put(name, value);
      blank();
      if (peek() != ',') {
        expect('}');
        return members;
      }
      at++;
    }
  }

  private List<@Nullable Object> array(int depth) {
    var items = new ArrayList<@Nullable Object>();
    at++;
    blank();
    if (peek() == ']') {
      at++;
      return items;
    }
    while (true) {
      items.add(value(depth + 1));
      blank();
      if (peek() != ',') {
        expect(']');
        return items;
      }
      at++;
    }
  }

  private String string() {
    expect('"');
    var read = new StringBuilder();
    for (char c = next(); c != '"'; c = next()) {
      if (c < ' ') {
        throw wrong();
      }
      read.append(c == '\\' ? escaped() : c);
    }
    return read.toString();
  }

  private char escaped() {
    char c = next();
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        int code = 0;
        for (int i = 0; i < 4; i++) {
          int digit = Character.digit(next(), 16);
          if (digit < 0) {
            throw wrong();
          }
          code = code << 4 | digit;
        }
        yield (char) code;
      }
      default -> throw wrong();
    };
  }

  private @Nullable Object word(String word, @Nullable Object value) {
    if (!text.startsWith(word, at)) {
      throw wrong();
    }
    at += word.length();
    return value;
  }

  private Numeral number() {
    int from = at;
    while (at < text.length() && "+-.0123456789eE".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    String read = text.substring(from, at);
    if (!read.matches("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?")) {
      throw wrong();
    }
    return new Numeral(read);
  }

  private void blank() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() {
    if (at >= text.length()) {
      throw wrong();
    }
    return text.charAt(at);
  }

  private char next() {
    char c = peek();
    at++;
    return c;
  }

  private void expect(char c) {
    if (next() != c) {
      throw wrong();
    }
  }

  private NotGenuine wrong() {
    return new NotGenuine("%s is no JSON at character %d".formatted(what, at));
  }
}
