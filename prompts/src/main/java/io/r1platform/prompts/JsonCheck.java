package io.r1platform.prompts;

/** Whether a text is JSON, to a depth of 64. */
final class JsonCheck {
  private static final int DEPTH_MAX = 64;
  private static final String NUMBER = "-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?";

  private final String text;
  private int at;

  private JsonCheck(String text) {
    this.text = text;
  }

  /** Whether it is one JSON object, with space around it or not. */
  static boolean isObject(String text) {
    var check = new JsonCheck(text);
    check.skipSpace();
    boolean object = check.next() == '{' && check.value(0);
    check.skipSpace();
    return object && check.at == text.length();
  }

  private boolean value(int depth) {
    return switch (next()) {
      case '{' -> depth < DEPTH_MAX && members('}', true, depth + 1);
      case '[' -> depth < DEPTH_MAX && members(']', false, depth + 1);
      case '"' -> string();
      default -> literal();
    };
  }

  private boolean members(char close, boolean named, int depth) {
    at++;
    skipSpace();
    if (take(close)) {
      return true;
    }
    do {
      skipSpace();
      if (named && !(string() && colon())) {
        return false;
      }
      skipSpace();
      if (!value(depth)) {
        return false;
      }
      skipSpace();
    } while (take(','));
    return take(close);
  }

  private boolean colon() {
    skipSpace();
    return take(':');
  }

  private boolean string() {
    if (!take('"')) {
      return false;
    }
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return true;
      }
      if (c < ' ' || (c == '\\' && !escape())) {
        return false;
      }
    }
    return false;
  }

  private boolean escape() {
    char c = next();
    at++;
    if (c != 'u') {
      return "\"\\/bfnrt".indexOf(c) >= 0;
    }
    int end = at + 4;
    boolean hex = end <= text.length() && text.substring(at, end).matches("[0-9a-fA-F]{4}");
    at = end;
    return hex;
  }

  private boolean literal() {
    int begin = at;
    while (at < text.length() && "{}[],:\" \t\n\r".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    String word = text.substring(begin, at);
    return switch (word) {
      case "true", "false", "null" -> true;
      default -> word.matches(NUMBER);
    };
  }

  private boolean take(char wanted) {
    if (next() != wanted) {
      return false;
    }
    at++;
    return true;
  }

  /** The next character, or U+0000 at the end, which no JSON has. */
  private char next() {
    return at < text.length() ? text.charAt(at) : '\0';
  }

  private void skipSpace() {
    while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }
}
