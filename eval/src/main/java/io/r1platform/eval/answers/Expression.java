package io.r1platform.eval.answers;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A formula of numbers, single letters and a few functions; nothing else can be said in it. So what
 * reaches the algebra system is of this grammar, whatever a model wrote.
 */
sealed interface Expression {
  /** A formula that would take too long or too much memory, such as 9^9^9. */
  final class TooLarge extends RuntimeException {
    TooLarge(String message) {
      super(message);
    }
  }

  /** The functions, by LaTeX's names. */
  enum Function {
    SQRT("Sqrt"),
    SIN("Sin"),
    COS("Cos"),
    TAN("Tan"),
    SEC("Sec"),
    CSC("Csc"),
    COT("Cot"),
    ARCSIN("ArcSin"),
    ARCCOS("ArcCos"),
    ARCTAN("ArcTan"),
    LN("Log"),
    EXP("Exp"),
    ABS("Abs"),
    FACTORIAL("Factorial"),
    FLOOR("Floor"),
    CEIL("Ceiling");

    private final String algebra;

    Function(String algebra) {
      this.algebra = algebra;
    }

    double of(double x) {
      return switch (this) {
        case SQRT -> Math.sqrt(x);
        case SIN -> Math.sin(x);
        case COS -> Math.cos(x);
        case TAN -> Math.tan(x);
        case SEC -> 1 / Math.cos(x);
        case CSC -> 1 / Math.sin(x);
        case COT -> 1 / Math.tan(x);
        case ARCSIN -> Math.asin(x);
        case ARCCOS -> Math.acos(x);
        case ARCTAN -> Math.atan(x);
        case LN -> Math.log(x);
        case EXP -> Math.exp(x);
        case ABS -> Math.abs(x);
        case FACTORIAL -> Double.NaN; // left to the algebra
        case FLOOR -> Math.floor(x);
        case CEIL -> Math.ceil(x);
      };
    }
  }

  /** Digits a number may have, and bits that an exact value may take. */
  int DIGITS_MAX = 400;

  int BITS_MAX = 20_000;
  int EXPONENT_MAX = 1_000;
  int FACTORIAL_MAX = 300;

  /** A whole or decimal number, as an exact fraction. */
  record Constant(Fraction value) implements Expression {}

  /** A letter, or {@code pi}, {@code e}, {@code i}, {@code infty}. */
  record Name(String name) implements Expression {}

  /** Two parts with one of {@code + - * / ^} between. */
  record Binary(char operator, Expression left, Expression right) implements Expression {
    public Binary {
      if (operator == '^') {
        double exponent = right.at(Map.of());
        double base = left.at(Map.of());
        if (Math.abs(exponent) > EXPONENT_MAX && Math.abs(base) != 1) {
          throw new TooLarge("an exponent of " + exponent);
        }
      }
    }
  }

  /** A function of one part. */
  record Applied(Function function, Expression argument) implements Expression {
    public Applied {
      if (function == Function.FACTORIAL && Math.abs(argument.at(Map.of())) > FACTORIAL_MAX) {
        throw new TooLarge("a factorial of more than " + FACTORIAL_MAX);
      }
    }
  }

  /** The exact value, if it is a fraction by + - * / and whole powers alone. */
  default Optional<Fraction> exact() {
    return switch (this) {
      case Constant number -> Optional.of(number.value);
      case Name _ -> Optional.empty();
      case Applied _ -> Optional.empty();
      case Binary(char operator, Expression left, Expression right) ->
          left.exact().flatMap(l -> right.exact().flatMap(r -> l.combined(operator, r)));
    };
  }

  /** A floating-point value with these values for letters; NaN if there is none. */
  default double at(Map<String, Double> values) {
    return switch (this) {
      case Constant number -> number.value.toDouble();
      case Name(String name) ->
          switch (name) {
            case "pi" -> Math.PI;
            case "e" -> Math.E;
            default -> values.getOrDefault(name, Double.NaN);
          };
      case Applied(Function function, Expression argument) -> function.of(argument.at(values));
      case Binary(char operator, Expression left, Expression right) -> {
        double l = left.at(values);
        double r = right.at(values);
        yield switch (operator) {
          case '+' -> l + r;
          case '-' -> l - r;
          case '*' -> l * r;
          case '/' -> l / r;
          default -> Math.pow(l, r);
        };
      }
    };
  }

  /** The letters in it, without pi and e. */
  default Set<String> letters() {
    var letters = new TreeSet<String>();
    switch (this) {
      case Constant _ -> {}
      case Name(String name) -> {
        if (!name.equals("pi") && !name.equals("e")) {
          letters.add(name);
        }
      }
      case Applied applied -> letters.addAll(applied.argument.letters());
      case Binary binary -> {
        letters.addAll(binary.left.letters());
        letters.addAll(binary.right.letters());
      }
    }
    return letters;
  }

  /** In the algebra system's own syntax, fully bracketed. */
  default String algebra() {
    return switch (this) {
      case Constant number ->
          "(" + number.value.numerator() + "/" + number.value.denominator() + ")";
      case Name letter ->
          switch (letter.name) {
            case "pi" -> "Pi";
            case "e" -> "E";
            case "i" -> "I";
            case "infty" -> "Infinity";
            default ->
                "r1" + letter.name.toLowerCase(Locale.ROOT) + (isCapital(letter.name) ? "u" : "l");
          };
      case Applied applied -> applied.function.algebra + "[" + applied.argument.algebra() + "]";
      case Binary binary ->
          "(" + binary.left.algebra() + binary.operator + binary.right.algebra() + ")";
    };
  }

  private static boolean isCapital(String name) {
    return Character.isUpperCase(name.charAt(0));
  }

  /**
   * An exact fraction in lowest terms.
   *
   * @param denominator positive
   */
  record Fraction(BigInteger numerator, BigInteger denominator) {
    public Fraction {
      if (denominator.signum() == 0) {
        throw new ArithmeticException("division by zero");
      }
      BigInteger common = numerator.gcd(denominator);
      if (denominator.signum() < 0) {
        common = common.negate();
      }
      numerator = numerator.divide(common);
      denominator = denominator.divide(common);
      if (numerator.bitLength() + denominator.bitLength() > BITS_MAX) {
        throw new TooLarge("a number of more than " + BITS_MAX + " bits");
      }
    }

    static Fraction of(String decimal) {
      if (decimal.length() > DIGITS_MAX) {
        throw new TooLarge("a number of " + decimal.length() + " digits");
      }
      var value = new BigDecimal(decimal);
      return new Fraction(value.unscaledValue(), BigInteger.TEN.pow(value.scale()));
    }

    double toDouble() {
      return new BigDecimal(numerator)
          .divide(new BigDecimal(denominator), MathContext.DECIMAL64)
          .doubleValue();
    }

    Optional<Fraction> combined(char operator, Fraction other) {
      BigInteger n = numerator;
      BigInteger d = denominator;
      return switch (operator) {
        case '+' ->
            Optional.of(
                new Fraction(
                    n.multiply(other.denominator).add(other.numerator.multiply(d)),
                    d.multiply(other.denominator)));
        case '-' ->
            Optional.of(
                new Fraction(
                    n.multiply(other.denominator).subtract(other.numerator.multiply(d)),
                    d.multiply(other.denominator)));
        case '*' ->
            Optional.of(new Fraction(n.multiply(other.numerator), d.multiply(other.denominator)));
        case '/' ->
            Optional.of(new Fraction(n.multiply(other.denominator), d.multiply(other.numerator)));
        default -> power(other);
      };
    }

    private Optional<Fraction> power(Fraction exponent) {
      if (!exponent.denominator.equals(BigInteger.ONE)) {
        return Optional.empty();
      }
      int times = exponent.numerator.intValueExact();
      int size = Math.abs(times);
      if ((long) size * Math.max(numerator.bitLength(), denominator.bitLength()) > BITS_MAX) {
        throw new TooLarge("a power of more than " + BITS_MAX + " bits");
      }
      BigInteger n = numerator.pow(size);
      BigInteger d = denominator.pow(size);
      return Optional.of(times < 0 ? new Fraction(d, n) : new Fraction(n, d));
    }
  }
}
