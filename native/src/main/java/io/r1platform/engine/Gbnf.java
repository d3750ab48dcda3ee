package io.r1platform.engine;

import java.util.LinkedHashMap;
import java.util.Map;

/** Writes a grammar in GBNF, rule by rule. */
final class Gbnf {
  /** A character is one escape at most: half a surrogate pair is none. */
  private static final String JSON_RULES =
      """
      value ::= object | array | string | number | "true" | "false" | "null"
      object ::= "{" ws (pair ("," ws pair)*)? "}"
      pair ::= string ws ":" ws value ws
      array ::= "[" ws (value ws ("," ws value ws)*)? "]"
      string ::= "\\"" char* "\\""
      char ::= [^"\\\\\\x00-\\x1F\\x7F] | "\\\\" (["\\\\/bfnrt] | "u" unit)
      unit ::= [0-9a-cA-CefEF] [0-9a-fA-F]{3} | [dD] [0-7] [0-9a-fA-F]{2}
      number ::= integer ("." [0-9]{1,15})? ([eE] [-+]? [0-9]{1,3})?
      integer ::= "-"? ("0" | [1-9] [0-9]{0,15})
      ws ::= [ \\n\\t]{0,20}
      """;

  /** More than an engine takes, so that what comes of a short text does not fill the heap. */
  private static final int CHARACTERS_MAX = 4 * 65_536;

  private final Map<String, String> rules = new LinkedHashMap<>();
  private int characters;

  /** Any JSON object; space may come before it. */
  static String jsonObject() {
    return "root ::= ws object\n" + JSON_RULES;
  }

  /** A root of this expression after space, with the rules of JSON and those added here. */
  String json(String root) {
    return exactly("ws " + root);
  }

  /** The same without space before it. */
  String exactly(String root) {
    StringBuilder text = new StringBuilder("root ::= ").append(root).append('\n');
    rules.forEach((name, rule) -> text.append(name).append(" ::= ").append(rule).append('\n'));
    return text.append(JSON_RULES).toString();
  }

  /** Makes a name for a rule to come. */
  String name() {
    String name = "r" + rules.size();
    rules.put(name, "");
    return name;
  }

  /** Defines it; TOO_LARGE where all rules together are far more than an engine takes. */
  String define(String name, String expression) {
    characters += expression.length();
    if (characters > CHARACTERS_MAX) {
      throw new EngineException(
          EngineStatus.TOO_LARGE, "the constraint is a grammar of more than 64 KiB");
    }
    rules.put(name, expression);
    return name;
  }

  /** Adds a rule; returns its name. */
  String add(String expression) {
    return define(name(), expression);
  }

  /** A literal of exactly this text. */
  static String literal(String text) {
    StringBuilder literal = new StringBuilder("\"");
    text.codePoints().forEach(c -> literal.append(character(c)));
    return literal.append('"').toString();
  }

  /** A character within a literal or a class. */
  static String character(int codePoint) {
    if ("\"\\[]-^".indexOf(codePoint) >= 0) {
      return "\\" + (char) codePoint;
    }
    return codePoint >= ' ' && codePoint < 0x7f
        ? String.valueOf((char) codePoint)
        : "\\U%08x".formatted(codePoint);
  }
}
