package io.r1platform.eval.statistics;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;

/**
 * Strengths of items from pairwise comparisons: P(i beats j) = s_i / (s_i + s_j), fitted by the
 * minorization-maximization algorithm of D. R. Hunter, "MM algorithms for generalized Bradley-Terry
 * models", Annals of Statistics 32 (2004), 384-406. A tie counts half a win for each side.
 *
 * <p>A finite maximum exists only if every item can be reached from every other along wins. Where
 * it cannot, each item also meets an imaginary one of average strength, with a tenth of a win and a
 * tenth of a loss; {@code regularised} says so.
 *
 * @param strengths one for each item, positive, their geometric mean is 1
 * @param iterations how many steps it took
 * @param converged whether the last step changed no logarithm by more than 1e-9
 * @param regularised whether the imaginary item was needed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record BradleyTerry(
    double[] strengths, int iterations, boolean converged, boolean regularised) {
  private static final int STEPS_MAX = 10_000;
  private static final double ENOUGH = 1e-9;
  private static final double IMAGINARY_WINS = 0.1;

  /**
   * One comparison.
   *
   * @param first the index of an item
   * @param second of another one
   * @param share 1 if the first won, 0 if the second, 0.5 for a tie
   */
  public record Comparison(int first, int second, double share) {}

  /** Fits {@code items} items; one that nobody met keeps the average. */
  public static BradleyTerry fit(int items, List<Comparison> comparisons) {
    double[][] met = new double[items][items];
    double[][] beat = new double[items][items];
    double[] wins = new double[items];
    for (Comparison each : comparisons) {
      met[each.first][each.second]++;
      met[each.second][each.first]++;
      beat[each.first][each.second] += each.share;
      beat[each.second][each.first] += 1 - each.share;
      wins[each.first] += each.share;
      wins[each.second] += 1 - each.share;
    }
    double imaginary = isStronglyConnected(beat) ? 0 : IMAGINARY_WINS;
    double[] strengths = new double[items];
    Arrays.fill(strengths, 1);
    int step = 0;
    boolean converged = items < 2;
    while (!converged && step < STEPS_MAX) {
      double[] next = step(strengths, met, wins, imaginary);
      double change = 0;
      for (int i = 0; i < items; i++) {
        change = Math.max(change, Math.abs(Math.log(next[i] / strengths[i])));
      }
      strengths = next;
      step++;
      converged = change < ENOUGH;
    }
    return new BradleyTerry(strengths, step, converged, imaginary > 0);
  }

  private static double[] step(double[] old, double[][] met, double[] wins, double imaginary) {
    double[] next = new double[old.length];
    double logarithms = 0;
    for (int i = 0; i < old.length; i++) {
      double weight = 2 * imaginary / (old[i] + 1);
      for (int j = 0; j < old.length; j++) {
        if (met[i][j] > 0) {
          weight += met[i][j] / (old[i] + old[j]);
        }
      }
      next[i] = weight > 0 ? (wins[i] + imaginary) / weight : old[i];
      logarithms += Math.log(next[i]);
    }
    double mean = Math.exp(logarithms / old.length);
    for (int i = 0; i < old.length; i++) {
      next[i] /= mean;
    }
    return next;
  }

  private static boolean isStronglyConnected(double[][] beat) {
    return reachesAll(beat, true) && reachesAll(beat, false);
  }

  private static boolean reachesAll(double[][] beat, boolean forward) {
    var seen = new boolean[beat.length];
    var waiting = new ArrayDeque<Integer>();
    int count = 0;
    if (beat.length > 0) {
      seen[0] = true;
      waiting.add(0);
    }
    while (!waiting.isEmpty()) {
      int from = waiting.remove();
      count++;
      for (int to = 0; to < beat.length; to++) {
        double wins = forward ? beat[from][to] : beat[to][from];
        if (wins > 0 && !seen[to]) {
          seen[to] = true;
          waiting.add(to);
        }
      }
    }
    return count == beat.length;
  }
}
