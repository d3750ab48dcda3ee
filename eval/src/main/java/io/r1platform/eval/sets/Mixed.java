package io.r1platform.eval.sets;

import java.util.List;

/** Two operations, one of them in parentheses where the order of operations needs them. */
final class Mixed {
  private static final List<Character> SIGNS = List.of('+', '-');

  private Mixed() {}

  static Drawn draw(Draws draws, int level, boolean korean) {
    while (true) {
      Formula formula = formula(draws, level);
      if (formula.steps().stream().allMatch(Formula.Step::isWithinReach)) {
        String question = Wordings.formula(draws, korean, formula.text());
        String answer = Integer.toString(formula.value());
        return new Drawn(
            "math", question, answer, List.of(), formula.key(), formula.worked(korean));
      }
    }
  }

  /**
   * Level 1: + and -, to two digits; 2: a product with one digit; 3: products of two digits; 4:
   * quotients without remainder, and three digits.
   */
  private static Formula formula(Draws draws, int level) {
    return switch (level) {
      case 1 -> sums(draws);
      case 2 -> withDigit(draws, level);
      case 3 -> draws.chance(50) ? withDigit(draws, level) : products(draws);
      default -> quotients(draws);
    };
  }

  private static Formula sums(Draws draws) {
    int a = small(draws);
    int b = small(draws);
    int c = small(draws);
    char first = draws.of(SIGNS);
    char second = draws.of(SIGNS);
    return draws.chance(50)
        ? Formula.of(second, positive(first, a, b), new Formula.Whole(c))
        : Formula.of(second, new Formula.Whole(a), positive(first, b, c));
  }

  private static Formula positive(char sign, int a, int b) {
    return sign == '-' ? Formula.of(sign, Math.max(a, b), Math.min(a, b)) : Formula.of(sign, a, b);
  }

  private static Formula withDigit(Draws draws, int level) {
    int digit = draws.between(2, 9);
    if (level == 2 && draws.chance(15)) {
      Formula inner = Formula.of('*', draws.between(2, 9), digit);
      return Formula.of('*', inner, new Formula.Whole(draws.between(2, 9)));
    }
    int a = Math.max(1, draws.digits(level));
    int b = Math.max(1, draws.digits(draws.between(1, level)));
    Formula inside = positive(draws.of(SIGNS), a, b);
    Formula product = Formula.of('*', b, digit);
    var one = new Formula.Whole(digit);
    var other = new Formula.Whole(a);
    return draws.of(
        List.of(
            Formula.of('*', inside, one),
            Formula.of('*', one, inside),
            Formula.of('+', other, product),
            Formula.of('+', product, other),
            Formula.of('-', product, other)));
  }

  private static Formula products(Draws draws) {
    var a = new Formula.Whole(small(draws));
    int b = draws.digits(2);
    int c = draws.digits(2);
    Formula sum = Formula.of('+', a.value(), draws.between(1, 9));
    return draws.of(
        List.of(
            Formula.of('-', Formula.of('*', a.value(), b), new Formula.Whole(c)),
            Formula.of('+', Formula.of('*', b, c), a),
            Formula.of('+', a, Formula.of('*', b, c)),
            Formula.of('*', sum, new Formula.Whole(b)),
            Formula.of('*', new Formula.Whole(b), sum)));
  }

  private static Formula quotients(Draws draws) {
    int divisor = draws.between(2, 9);
    int whole = divisor * Math.max(2, draws.digits(draws.of(List.of(1, 2, 2))));
    int part = draws.between(1, whole - 1);
    int c = Math.max(1, draws.digits(draws.between(1, 3)));
    var by = new Formula.Whole(divisor);
    Formula quotient = Formula.of('/', whole, divisor);
    Formula sum = Formula.of('+', draws.digits(3), c);
    return draws.of(
        List.of(
            Formula.of('/', Formula.of('+', part, whole - part), by),
            Formula.of('/', Formula.of('-', whole + c, c), by),
            Formula.of('+', new Formula.Whole(c), quotient),
            Formula.of('-', quotient, new Formula.Whole(c)),
            Formula.of('*', quotient, new Formula.Whole(c % 10 + 2)),
            Formula.of('*', sum, new Formula.Whole(draws.between(2, 9)))));
  }

  private static int small(Draws draws) {
    return Math.max(1, draws.digits(draws.between(1, 2)));
  }
}
