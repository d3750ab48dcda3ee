package io.r1platform.eval.answers;

import io.r1platform.eval.answers.Expression.Applied;
import io.r1platform.eval.answers.Expression.Binary;
import io.r1platform.eval.answers.Expression.Constant;
import io.r1platform.eval.answers.Expression.Fraction;
import io.r1platform.eval.answers.Expression.Function;
import io.r1platform.eval.answers.Expression.Name;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads one formula of normalised LaTeX, or of plain text such as {@code sqrt(2)/2}. */
final class ExpressionParser {
  private static final int LENGTH_MAX = 600;
  private static final int DEPTH_MAX = 60;

  /** What stands between two factors. */
  private static final String SEPARATORS = "+-*/^!)}],;=<>&|";

  private static final Map<String, Function> FUNCTIONS = functions();

  /** Something that is no formula of ours; it stays text. */
  private static final class NotOurs extends Exception {
    NotOurs(String message) {
      super(message);
    }
  }

  private final String text;
  private int at;
  private int depth;

  private ExpressionParser(String text) {
    this.text = text;
  }

  /** The formula; empty if the text is another thing or too large to reckon with. */
  static Optional<Expression> parse(String text) {
    if (text.isBlank() || text.length() > LENGTH_MAX) {
      return Optional.empty();
    }
    try {
      var parser = new ExpressionParser(text);
      Expression whole = parser.sum();
      parser.skipSpace();
      return parser.at == text.length() ? Optional.of(whole) : Optional.empty();
    } catch (NotOurs | Expression.TooLarge | ArithmeticException e) {
      return Optional.empty();
    }
  }

  private static Map<String, Function> functions() {
    var functions = new TreeMap<String, Function>();
    for (Function function : Function.values()) {
      functions.put(function.name().toLowerCase(Locale.ROOT), function);
    }
    functions.remove("factorial");
    return functions;
  }

  private Expression sum() throws NotOurs {
    if (++depth > DEPTH_MAX) {
      throw new NotOurs("too deep");
    }
    Expression left = product();
    for (char operator = peek(); operator == '+' || operator == '-'; operator = peek()) {
      at++;
      left = new Binary(operator, left, product());
    }
    depth--;
    return left;
  }

  private Expression product() throws NotOurs {
    Expression left = signed();
    while (true) {
      char operator = peek();
      if (operator == '*' || operator == '/') {
        at++;
        left = new Binary(operator, left, signed());
      } else if (take("\\cdot") || take("\\times")) {
        left = new Binary('*', left, signed());
      } else if (take("\\div")) {
        left = new Binary('/', left, signed());
      } else if (startsFactor()) {
        left = besides(left, power());
      } else {
        return left;
      }
    }
  }

  /** A whole number and a fraction of whole numbers are a mixed number, anything else a product. */
  private static Expression besides(Expression left, Expression right) throws NotOurs {
    if (left instanceof Constant whole && isWhole(whole)) {
      boolean mixed =
          right instanceof Binary(char operator, Constant above, Constant below)
              && operator == '/'
              && isWhole(above)
              && isWhole(below);
      if (mixed) {
        return new Binary('+', left, right);
      }
    }
    if (right instanceof Constant) {
      throw new NotOurs("two numbers side by side");
    }
    return new Binary('*', left, right);
  }

  private static boolean isWhole(Constant number) {
    return number.value().denominator().equals(BigInteger.ONE);
  }

  private Expression signed() throws NotOurs {
    char sign = peek();
    if (sign != '-' && sign != '+') {
      return power();
    }
    if (++depth > DEPTH_MAX) {
      throw new NotOurs("too deep");
    }
    at++;
    Expression rest = signed();
    depth--;
    return sign == '+' ? rest : new Binary('*', new Constant(Fraction.of("-1")), rest);
  }

  private Expression power() throws NotOurs {
    Expression base = primary();
    while (peek() == '!') {
      at++;
      base = new Applied(Function.FACTORIAL, base);
    }
    if (peek() == '^') {
      at++;
      return new Binary('^', base, peek() == '-' ? signed() : power());
    }
    return base;
  }

  private boolean startsFactor() {
    char next = peek();
    boolean separates = next == 0 || SEPARATORS.indexOf(next) >= 0;
    return !separates && !text.startsWith("\\pm", at) && !text.startsWith("\\}", at);
  }

  private Expression primary() throws NotOurs {
    char next = peek();
    if (Character.isDigit(next) || next == '.') {
      return number();
    }
    if (next == '(' || next == '{' || next == '[') {
      return group();
    }
    if (next == '|') {
      at++;
      Expression inside = sum();
      expect('|');
      return new Applied(Function.ABS, inside);
    }
    if (next == '\\') {
      return command();
    }
    if (Character.isLetter(next) && next < 128) {
      return word();
    }
    throw new NotOurs("at " + at);
  }

  private Expression group() throws NotOurs {
    char open = peek();
    if (open != '(' && open != '{' && open != '[') {
      throw new NotOurs("no bracket at " + at);
    }
    at++;
    Expression inside = sum();
    expect(open == '(' ? ')' : open == '{' ? '}' : ']');
    return inside;
  }

  private Expression number() throws NotOurs {
    int from = at;
    while (at < text.length() && (Character.isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
      at++;
    }
    String digits = text.substring(from, at);
    boolean decimal = digits.matches("[0-9]+(\\.[0-9]*)?|\\.[0-9]+");
    if (!decimal || peek() == '_') {
      throw new NotOurs("no decimal number: " + digits);
    }
    return new Constant(Fraction.of(digits.endsWith(".") ? digits + "0" : digits));
  }

  private Expression command() throws NotOurs {
    int from = ++at;
    while (at < text.length() && Character.isLetter(text.charAt(at))) {
      at++;
    }
    String name = text.substring(from, at);
    switch (name) {
      case "frac" -> {
        Expression above = group();
        skipSpace();
        return new Binary('/', above, group());
      }
      case "sqrt" -> {
        return root();
      }
      case "log" -> {
        return logarithm();
      }
      case "pi", "infty" -> {
        return new Name(name);
      }
      default -> {
        Function function = FUNCTIONS.get(name);
        if (function != null) {
          return applied(function);
        }
        if (name.matches("alpha|beta|gamma|delta|theta|lambda|mu|phi|omega|sigma|rho|tau")) {
          return new Name(name);
        }
        throw new NotOurs("\\" + name);
      }
    }
  }

  private Expression root() throws NotOurs {
    if (peek() != '[') {
      return new Applied(Function.SQRT, primary());
    }
    Expression degree = group();
    skipSpace();
    return new Binary('^', primary(), new Binary('/', new Constant(Fraction.of("1")), degree));
  }

  /** Without a base it is the natural one, as in most of the data sets; with one, a quotient. */
  private Expression logarithm() throws NotOurs {
    if (peek() != '_') {
      return applied(Function.LN);
    }
    at++;
    Expression base = peek() == '{' ? group() : digit();
    Expression argument = argument();
    return new Binary('/', new Applied(Function.LN, argument), new Applied(Function.LN, base));
  }

  private Expression digit() throws NotOurs {
    char next = peek();
    if (!Character.isLetterOrDigit(next) || next > 127) {
      throw new NotOurs("no base");
    }
    at++;
    return Character.isDigit(next)
        ? new Constant(Fraction.of(String.valueOf(next)))
        : new Name(String.valueOf(next));
  }

  private Expression applied(Function function) throws NotOurs {
    Expression exponent = null;
    if (peek() == '^') {
      at++;
      exponent = primary();
    }
    Expression value = new Applied(function, argument());
    return exponent == null ? value : new Binary('^', value, exponent);
  }

  /** A bracket, or factors side by side: the 2x of sin 2x. */
  private Expression argument() throws NotOurs {
    char next = peek();
    if (next == '(' || next == '{') {
      return group();
    }
    Expression left = power();
    while (startsFactor() && peek() != '(' && peek() != '\\') {
      left = besides(left, power());
    }
    return left;
  }

  private Expression word() throws NotOurs {
    int from = at;
    while (at < text.length() && Character.isLetter(text.charAt(at))) {
      at++;
    }
    String word = text.substring(from, at);
    Function function = FUNCTIONS.get(word);
    if (function != null && peek() == '(') {
      return new Applied(function, group());
    }
    if (word.equals("pi")) {
      return new Name(word);
    }
    if (word.length() > 4) {
      throw new NotOurs("a word");
    }
    at = from + 1;
    if (peek() == '_') {
      throw new NotOurs("an index");
    }
    return new Name(word.substring(0, 1));
  }

  private char peek() {
    skipSpace();
    return at < text.length() ? text.charAt(at) : 0;
  }

  private boolean take(String command) {
    skipSpace();
    int end = at + command.length();
    boolean here =
        text.startsWith(command, at)
            && (end == text.length() || !Character.isLetter(text.charAt(end)));
    at = here ? end : at;
    return here;
  }

  private void expect(char closing) throws NotOurs {
    if (peek() != closing) {
      throw new NotOurs("no " + closing + " at " + at);
    }
    at++;
  }

  private void skipSpace() {
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
  }
}
