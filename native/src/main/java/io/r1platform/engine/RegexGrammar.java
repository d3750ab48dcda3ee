package io.r1platform.engine;

import org.jspecify.annotations.Nullable;

/**
 * A grammar of a regular expression that matches as a whole: literals, {@code .}, classes with
 * ranges and {@code \d \w \s}, groups, {@code |}, and repetitions up to 1,000, lazy ones too.
 * Anchors only at the ends. Anything else is UNSUPPORTED.
 */
final class RegexGrammar {
  private static final int DEPTH_MAX = 48;
  private static final String DIGIT = "0-9";
  private static final String WORD = "a-zA-Z0-9_";
  private static final String SPACE = " \\t\\n\\r\\x0b\\x0c";

  private final String pattern;
  private int at;

  private RegexGrammar(String pattern) {
    this.pattern = pattern;
  }

  static String of(String pattern) {
    RegexGrammar regex = new RegexGrammar(pattern);
    regex.take('^');
    StringBuilder root = new StringBuilder("root ::= ");
    regex.alternatives(root, 0);
    if (regex.at < pattern.length()) {
      throw regex.unsupported("a ) without its (");
    }
    return root.append('\n').toString();
  }

  private void alternatives(StringBuilder out, int depth) {
    if (depth > DEPTH_MAX) {
      throw unsupported("groups nested more than 48 deep");
    }
    sequence(out, depth);
    while (take('|')) {
      out.append(" | ");
      sequence(out, depth);
    }
  }

  private void sequence(StringBuilder out, int depth) {
    int begin = out.length();
    while (at < pattern.length() && "|)".indexOf(pattern.charAt(at)) < 0) {
      if (pattern.charAt(at) == '$' && at + 1 == pattern.length()) {
        at++;
      } else {
        item(out, depth);
        repetitions(out);
        out.append(' ');
      }
    }
    if (out.length() == begin) {
      out.append("\"\"");
    }
  }

  private void item(StringBuilder out, int depth) {
    int c = next();
    switch (c) {
      case '(' -> group(out, depth);
      case '[' -> characterClass(out);
      case '.' -> out.append("[^\\n\\r]");
      case '\\' -> escape(out);
      case '^', '$', '*', '+', '?', '{', '}', ']' ->
          throw unsupported("a " + Character.toString(c) + " here");
      default -> out.append(Gbnf.literal(Character.toString(c)));
    }
  }

  private void group(StringBuilder out, int depth) {
    if (take('?') && !take(':')) {
      throw unsupported("a group that is no plain one");
    }
    out.append('(');
    alternatives(out, depth + 1);
    if (!take(')')) {
      throw unsupported("a ( without its )");
    }
    out.append(')');
  }

  private void repetitions(StringBuilder out) {
    if (at >= pattern.length()) {
      return;
    }
    char c = pattern.charAt(at);
    if ("*+?".indexOf(c) >= 0) {
      at++;
      out.append(c);
    } else if (c == '{') {
      int end = pattern.indexOf('}', at);
      String counts = end < 0 ? "" : pattern.substring(at, end + 1);
      if (!counts.matches("\\{[0-9]{1,4}(,[0-9]{0,4})?}")) {
        throw unsupported("a repetition that is no {m}, {m,} or {m,n}");
      }
      out.append(counts);
      at = end + 1;
    } else {
      return;
    }
    if (take('+')) {
      throw unsupported("a possessive repetition");
    }
    take('?'); // lazy: as a whole it matches the same
  }

  private void escape(StringBuilder out) {
    int begin = at;
    String shorthand = shorthand(next());
    if (shorthand != null) {
      out.append('[').append(shorthand).append(']');
      return;
    }
    at = begin;
    out.append(Gbnf.literal(Character.toString(escapedCharacter())));
  }

  /** The inside of a class, or null if it is a single character. */
  private static @Nullable String shorthand(int c) {
    return switch (c) {
      case 'd' -> DIGIT;
      case 'w' -> WORD;
      case 's' -> SPACE;
      case 'D' -> "^" + DIGIT;
      case 'W' -> "^" + WORD;
      case 'S' -> "^" + SPACE;
      default -> null;
    };
  }

  private int escapedCharacter() {
    int c = next();
    return switch (c) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'f' -> '\f';
      case 'v' -> 0x0b;
      case 'x' -> hexadecimal(2);
      case 'u' -> hexadecimal(4);
      default -> {
        if (Character.isLetterOrDigit(c)) {
          throw unsupported("the escape \\" + Character.toString(c));
        }
        yield c;
      }
    };
  }

  private int hexadecimal(int digits) {
    if (at + digits > pattern.length()
        || !pattern.substring(at, at + digits).matches("[0-9a-fA-F]+")) {
      throw unsupported("an escape with too few digits");
    }
    at += digits;
    return Integer.parseInt(pattern, at - digits, at, 16);
  }

  private void characterClass(StringBuilder out) {
    out.append('[');
    if (take('^')) {
      out.append('^');
    }
    boolean first = true;
    while (first || at >= pattern.length() || pattern.charAt(at) != ']') {
      first = false;
      int c = next();
      if (c == '[' && at < pattern.length() && pattern.charAt(at) == ':') {
        throw unsupported("a named class");
      }
      if (c == '\\' && at < pattern.length()) {
        String shorthand = shorthand(pattern.charAt(at));
        if (shorthand != null) {
          if (shorthand.startsWith("^")) {
            throw unsupported("a negated class within a class");
          }
          at++;
          out.append(shorthand);
          continue;
        }
        c = escapedCharacter();
      }
      out.append(Gbnf.character(c));
      range(out);
    }
    at++;
    out.append(']');
  }

  private void range(StringBuilder out) {
    boolean isRange =
        at + 1 < pattern.length() && pattern.charAt(at) == '-' && pattern.charAt(at + 1) != ']';
    if (isRange) {
      at++;
      int last = next();
      out.append('-').append(Gbnf.character(last == '\\' ? escapedCharacter() : last));
    }
  }

  private int next() {
    if (at >= pattern.length()) {
      throw unsupported("an end too early");
    }
    int c = pattern.codePointAt(at);
    at += Character.charCount(c);
    return c;
  }

  private boolean take(char wanted) {
    if (at < pattern.length() && pattern.charAt(at) == wanted) {
      at++;
      return true;
    }
    return false;
  }

  private EngineException unsupported(String what) {
    return new EngineException(
        EngineStatus.UNSUPPORTED, "unsupported_regex: " + what + " at character " + at);
  }
}
