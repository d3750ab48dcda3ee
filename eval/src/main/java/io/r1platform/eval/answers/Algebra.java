package io.r1platform.eval.answers;

import java.time.Duration;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.matheclipse.core.basic.Config;
import org.matheclipse.core.eval.ExprEvaluator;

/**
 * Whether two formulas are equal for all values of their letters. Cheap tests come first: exact
 * fractions, then values at some points; what these leave open is Symja's to simplify.
 */
final class Algebra {
  private static final int POINTS = 12;
  private static final double CLEARLY_APART = 1e-6;
  private static final int ENOUGH_POINTS = 3;

  private final Duration limit;

  /** Gives the algebra system this long for one comparison. */
  Algebra(Duration limit) {
    this.limit = limit;
  }

  Verdict compare(Expression first, Expression second) {
    try {
      var one = first.exact();
      var other = second.exact();
      if (one.isPresent() && other.isPresent()) {
        return one.equals(other) ? Verdict.EQUAL : Verdict.DIFFERENT;
      }
    } catch (Expression.TooLarge | ArithmeticException e) {
      return Verdict.UNDECIDED;
    }
    return differsAtAPoint(first, second) ? Verdict.DIFFERENT : simplified(first, second);
  }

  private static boolean differsAtAPoint(Expression first, Expression second) {
    var letters = new TreeSet<>(first.letters());
    letters.addAll(second.letters());
    if (letters.contains("i") || letters.contains("infty")) {
      return false; // these are no real numbers
    }
    var random = new Random(1);
    int apart = 0;
    for (int point = 0; point < POINTS; point++) {
      var values = new TreeMap<String, Double>();
      letters.forEach(letter -> values.put(letter, 0.5 + 2 * random.nextDouble()));
      double one = first.at(values);
      double other = second.at(values);
      double size = Math.max(1, Math.max(Math.abs(one), Math.abs(other)));
      apart += Math.abs(one - other) > CLEARLY_APART * size ? 1 : 0; // false where one is NaN
    }
    return apart >= ENOUGH_POINTS;
  }

  /** On a thread of its own, which is left behind if it does not come back. */
  private Verdict simplified(Expression first, Expression second) {
    String difference = first.algebra() + "-" + second.algebra();
    var task = new FutureTask<>(() -> isZero(difference));
    Thread.ofPlatform().daemon().name("algebra").start(task);
    try {
      return task.get(limit.toMillis(), TimeUnit.MILLISECONDS) ? Verdict.EQUAL : Verdict.DIFFERENT;
    } catch (TimeoutException | ExecutionException e) {
      task.cancel(true);
      return Verdict.UNDECIDED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Verdict.UNDECIDED;
    }
  }

  private static boolean isZero(String difference) {
    Config.FILESYSTEM_ENABLED = false;
    var symja = new ExprEvaluator(false, (short) 1);
    return "True"
        .equals(String.valueOf(symja.eval("PossibleZeroQ[FullSimplify[" + difference + "]]")));
  }
}
