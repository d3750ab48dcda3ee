package io.r1platform.eval.sets;

import io.r1platform.eval.steps.Columns;
import io.r1platform.eval.steps.Worked;
import java.util.ArrayList;
import java.util.List;

/** Whole numbers joined by operations, written as models/r1-nano/train/arithmetic.py does. */
sealed interface Formula {
  /** A number. */
  record Whole(int value) implements Formula {}

  /** One of {@code + - * /} on two formulas. */
  record Operation(char operator, Formula left, Formula right) implements Formula {}

  /** One operation on the values it meets. */
  record Step(char operator, int left, int right) {
    /** Its canonical form, in which only a division has an order. */
    String key() {
      boolean inOrder = operator == '/' || left > right;
      int first = inOrder ? left : right;
      int second = inOrder ? right : left;
      return name() + " " + first + " " + second;
    }

    private String name() {
      return switch (operator) {
        case '+' -> "addition";
        case '-' -> "subtraction";
        case '*' -> "multiplication";
        default -> "division";
      };
    }

    /** Whether r1-nano's steps reach so far: + and - to 5 digits, * 3 by 2, / 4 by 1. */
    boolean isWithinReach() {
      if (Math.min(left, right) < 0) {
        return false;
      }
      int wide = Math.max(digits(left), digits(right));
      int narrow = Math.min(digits(left), digits(right));
      return switch (operator) {
        case '+', '-' -> wide <= 5;
        case '*' -> wide <= 3 && narrow <= 2;
        default -> digits(left) <= 4 && right > 0 && right <= 9;
      };
    }

    private static int digits(int number) {
      return Integer.toString(number).length();
    }
  }

  static Formula of(char operator, Formula left, Formula right) {
    return new Operation(operator, left, right);
  }

  static Formula of(char operator, int left, int right) {
    return new Operation(operator, new Whole(left), new Whole(right));
  }

  /** A quotient is rounded down; 0 where it has none. */
  default int value() {
    return switch (this) {
      case Whole number -> number.value;
      case Operation done -> {
        int left = done.left.value();
        int right = done.right.value();
        yield switch (done.operator) {
          case '+' -> left + right;
          case '-' -> left - right;
          case '*' -> left * right;
          default -> right == 0 ? 0 : Math.floorDiv(left, right);
        };
      }
    };
  }

  /** Every operation, the inner ones first. */
  default List<Step> steps() {
    var steps = new ArrayList<Step>();
    if (this instanceof Operation done) {
      steps.addAll(done.left.steps());
      steps.addAll(done.right.steps());
      steps.add(new Step(done.operator, done.left.value(), done.right.value()));
    }
    return steps;
  }

  /** With the parentheses that the order of operations needs. */
  default String text() {
    return text(' ', false);
  }

  private String text(char outer, boolean right) {
    return switch (this) {
      case Whole number -> Integer.toString(number.value);
      case Operation done -> {
        char own = done.operator;
        String text = done.left.text(own, false) + " " + own + " " + done.right.text(own, true);
        boolean weak = own == '+' || own == '-';
        boolean strong = outer == '*' || outer == '/';
        yield (weak && strong) || (right && (strong || outer == '-')) ? "(" + text + ")" : text;
      }
    };
  }

  /** Worked out, the inner operations first. A number has nothing to work out. */
  default Worked worked(boolean korean) {
    return switch (this) {
      case Whole number -> new Worked(List.of(), List.of(), Integer.toString(number.value));
      case Operation done -> {
        Worked last = Columns.work(done.operator, done.left.value(), done.right.value(), korean);
        if (steps().size() == 1) {
          yield last;
        }
        var lines = new ArrayList<>(List.of(text()));
        lines.addAll(done.left.worked(korean).steps());
        lines.addAll(done.right.worked(korean).steps());
        lines.addAll(last.steps());
        String result = last.answer().substring(last.answer().indexOf(" = "));
        yield new Worked(lines, last.check(), text() + result);
      }
    };
  }

  /** The canonical form: of several operations the formula itself. */
  default String key() {
    List<Step> steps = steps();
    return steps.size() == 1 ? steps.getFirst().key() : "mixed " + text();
  }
}
