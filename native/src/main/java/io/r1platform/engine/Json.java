package io.r1platform.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON as {@code Map}, {@code List}, {@code String}, {@code Boolean}, null, and numbers as
 * {@link Numeral}; strict, at most 64 deep.
 */
final class Json {
  /**
   * A number as it stands.
   *
   * @param text its characters
   */
  record Numeral(String text) {
    /** As a count of 0 to 1,000,000,000; −1 if it is none. */
    int count() {
      return text.matches("0|[1-9][0-9]{0,8}") ? Integer.parseInt(text) : -1;
    }
  }

  private static final int DEPTH_MAX = 64;

  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  /** The value of a text; INVALID if it is no JSON. */
  static @Nullable Object read(String text) {
    Json json = new Json(text);
    Object value = json.value(0);
    json.skipSpace();
    json.require(json.at == text.length());
    return value;
  }

  /** A value as compact JSON. */
  static String write(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case String string -> quoted(string);
      case Numeral(String numeral) -> numeral;
      case List<?> list -> "[" + String.join(",", list.stream().map(Json::write).toList()) + "]";
      case Map<?, ?> map ->
          "{"
              + String.join(
                  ",",
                  map.entrySet().stream()
                      .map(e -> write(e.getKey()) + ":" + write(e.getValue()))
                      .toList())
              + "}";
      default -> value.toString();
    };
  }

  private static String quoted(String string) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append("\\u%04x".formatted((int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }

  private @Nullable Object value(int depth) {
    require(depth <= DEPTH_MAX);
    skipSpace();
    require(at < text.length());
    return switch (text.charAt(at)) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      default -> numeral();
    };
  }

  private Map<String, @Nullable Object> object(int depth) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    at++;
    while (!take('}')) {
      require(object.isEmpty() || take(','));
      skipSpace();
      require(at < text.length() && text.charAt(at) == '"');
      String key = string();
      require(take(':') && !object.containsKey(key));
      object.put(key, value(depth + 1));
    }
    return object;
  }

  private List<@Nullable Object> array(int depth) {
    List<@Nullable Object> array = new ArrayList<>();
    at++;
    while (!take(']')) {
      require(array.isEmpty() || take(','));
      array.add(value(depth + 1));
    }
    return array;
  }

  private String string() {
    StringBuilder string = new StringBuilder();
    at++;
    while (true) {
      require(at < text.length());
      char c = text.charAt(at++);
      if (c == '"') {
        return string.toString();
      }
      require(c >= ' ');
      string.append(c == '\\' ? escaped() : c);
    }
  }

  private char escaped() {
    require(at < text.length());
    char c = text.charAt(at++);
    if (c == 'u') {
      require(at + 4 <= text.length() && text.substring(at, at + 4).matches("[0-9a-fA-F]{4}"));
      at += 4;
      return (char) Integer.parseInt(text, at - 4, at, 16);
    }
    int known = "\"\\/bfnrt".indexOf(c);
    require(known >= 0);
    return "\"\\/\b\f\n\r\t".charAt(known);
  }

  private Numeral numeral() {
    int begin = at;
    while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    String number = text.substring(begin, at);
    require(number.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?"));
    return new Numeral(number);
  }

  private @Nullable Object word(String word, @Nullable Object value) {
    require(text.startsWith(word, at));
    at += word.length();
    return value;
  }

  private boolean take(char wanted) {
    skipSpace();
    if (at < text.length() && text.charAt(at) == wanted) {
      at++;
      return true;
    }
    return false;
  }

  private void skipSpace() {
    while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private void require(boolean holds) {
    if (!holds) {
      throw new EngineException(EngineStatus.INVALID, "not JSON at character " + at);
    }
  }
}
