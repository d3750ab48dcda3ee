package io.r1platform.eval.answers;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds the answer in what a model wrote, and compares it with the expected one. */
public final class Answers {
  private static final int LENGTH_MAX = 2_000;

  private static final Pattern NAMED =
      Pattern.compile("(?is)(?:final answer|answer|정답|답)\\s*(?:is|은|는)?\\s*[:：=]?\\s*(\\S[^\\n]*)");

  private static final Pattern ASSIGNED =
      Pattern.compile("^\\s*[a-zA-Z](?:_\\w)?\\s*(?:=|\\\\in\\b)");
  private static final Pattern WORDS = Pattern.compile("[\\p{L}][\\p{L} ',-]+");
  private static final Pattern LETTER =
      Pattern.compile(
          "(?i)^\\W*(?:option|choice)?\\s*\\(?([A-Z])\\)?(?:[\\s.:,)].*)?$", Pattern.DOTALL);

  private final Algebra algebra;

  /**
   * With a limit of time for one comparison by the algebra system.
   *
   * @param limit some seconds: its first use loads its rules
   */
  public Answers(Duration limit) {
    this.algebra = new Algebra(limit);
  }

  /**
   * The final answer in a text: in the last {@code \boxed{}}, else after "answer", else on the last
   * line what follows its last equals sign. Null if there is none.
   */
  public static @Nullable String find(String text) {
    String boxed = LatexText.lastBoxed(text);
    if (boxed != null) {
      return boxed.strip();
    }
    String last = text.strip().lines().reduce((_, line) -> line).orElse("");
    Matcher named = NAMED.matcher(text);
    while (named.find()) {
      last = named.group(1);
    }
    String found = last.strip().replaceAll("^\\*+|\\*+$", "");
    int equals = found.lastIndexOf('=');
    if (equals >= 0 && equals + 1 < found.length()) {
      found = found.substring(equals + 1);
    }
    return found.isBlank() ? null : found.strip();
  }

  /** Which of the choices a text names: by its letter, or by its words. -1 if none. */
  public static int choice(String text, List<String> choices) {
    String found = find(text);
    if (found == null) {
      return -1;
    }
    String plain = LatexText.normalised(found);
    for (int i = 0; i < choices.size(); i++) {
      if (plain.equalsIgnoreCase(LatexText.normalised(choices.get(i)))) {
        return i;
      }
    }
    Matcher letter = LETTER.matcher(plain);
    if (letter.matches()) {
      int index = letter.group(1).toUpperCase(Locale.ROOT).charAt(0) - 'A';
      return index < choices.size() ? index : -1;
    }
    int named = -1;
    for (int i = 0; i < choices.size(); i++) {
      if (mentions(plain, LatexText.normalised(choices.get(i)))) {
        if (named >= 0) {
          return -1; // names two
        }
        named = i;
      }
    }
    return named;
  }

  private static boolean mentions(String text, String choice) {
    String word = "(?iu)(?<![\\w.])" + Pattern.quote(choice) + "(?![\\w]|\\.\\d)";
    return !choice.isBlank() && Pattern.compile(word).matcher(text).find();
  }

  /** Whether two texts are the same but for space, case and a full stop at the end. */
  public static boolean sameText(String expected, String given) {
    return plain(expected).equals(plain(given));
  }

  private static String plain(String text) {
    String words = text.strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
    return words.endsWith(".") ? words.substring(0, words.length() - 1) : words;
  }

  /** The whole or decimal number that a formula of numbers is; empty if it is no such number. */
  public static Optional<String> number(String formula) {
    try {
      return ExpressionParser.parse(formula)
          .flatMap(Expression::exact)
          .map(
              value ->
                  new BigDecimal(value.numerator())
                      .divide(new BigDecimal(value.denominator()))
                      .toPlainString());
    } catch (Expression.TooLarge | ArithmeticException e) { // as 1/3
      return Optional.empty();
    }
  }

  /** Compares two answers as mathematics; anything that is not a formula as text. */
  public Verdict compare(String expected, String given) {
    if (given.length() > LENGTH_MAX || expected.length() > LENGTH_MAX) {
      return expected.equals(given) ? Verdict.EQUAL : Verdict.DIFFERENT;
    }
    String one = LatexText.normalised(expected);
    String other = LatexText.normalised(given);
    if (squeezed(one).equals(squeezed(other))) {
      return Verdict.EQUAL;
    }
    return compareForms(Form.of(unassigned(one)), Form.of(unassigned(other)));
  }

  private Verdict compareForms(Form expected, Form given) {
    if (!expected.shape().equals(given.shape())) {
      return Verdict.DIFFERENT;
    }
    if (expected.parts().size() != given.parts().size()) {
      return Verdict.DIFFERENT;
    }
    if (expected.parts().size() == 1 && expected.isPlain()) {
      return compareOne(expected.parts().getFirst(), given.parts().getFirst());
    }
    return expected.isOrdered()
        ? inOrder(expected.parts(), given.parts())
        : inAnyOrder(expected.parts(), given.parts());
  }

  private Verdict inOrder(List<String> expected, List<String> given) {
    Verdict all = Verdict.EQUAL;
    for (int i = 0; i < expected.size(); i++) {
      Verdict one = compare(expected.get(i), given.get(i));
      if (one == Verdict.DIFFERENT) {
        return one;
      }
      all = one == Verdict.UNDECIDED ? one : all;
    }
    return all;
  }

  private Verdict inAnyOrder(List<String> expected, List<String> given) {
    var open = new ArrayList<>(given);
    boolean undecided = false;
    for (String wanted : expected) {
      int match = -1;
      for (int i = 0; i < open.size() && match < 0; i++) {
        Verdict one = compare(wanted, open.get(i));
        undecided |= one == Verdict.UNDECIDED;
        match = one == Verdict.EQUAL ? i : -1;
      }
      if (match < 0) {
        return undecided ? Verdict.UNDECIDED : Verdict.DIFFERENT;
      }
      open.remove(match);
    }
    return Verdict.EQUAL;
  }

  private Verdict compareOne(String expected, String given) {
    if (WORDS.matcher(expected).matches() || WORDS.matcher(given).matches()) {
      return squeezed(expected).equalsIgnoreCase(squeezed(given))
          ? Verdict.EQUAL
          : Verdict.DIFFERENT;
    }
    Optional<Expression> one = ExpressionParser.parse(expected);
    Optional<Expression> other = ExpressionParser.parse(given);
    if (one.isPresent() && other.isPresent()) {
      return algebra.compare(one.get(), other.get());
    }
    return squeezed(expected).equalsIgnoreCase(squeezed(given)) ? Verdict.EQUAL : Verdict.DIFFERENT;
  }

  /** Without {@code x =} before it, if that is all there is of an equation. */
  private static String unassigned(String text) {
    Matcher assigned = ASSIGNED.matcher(text);
    boolean only = assigned.find() && text.indexOf('=', assigned.end()) < 0;
    return only ? text.substring(assigned.end()).strip() : text;
  }

  private static String squeezed(String text) {
    return text.replaceAll("\\s+", "").replaceAll("_\\{(\\w)}", "_$1");
  }
}
