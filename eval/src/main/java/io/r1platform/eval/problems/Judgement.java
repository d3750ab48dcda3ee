package io.r1platform.eval.problems;

/**
 * What one answer is worth.
 *
 * @param right whether it counts as right; of a pair, whether it could be read
 * @param undecided whether the algebra system ran out of time on it
 * @param vote the answer as it votes in a majority; empty if there is none
 * @param share of a pair: 1 if the first item shown is better, 0 if the second, 0.5 for a tie
 */
public record Judgement(boolean right, boolean undecided, String vote, double share) {
  /** Nothing that could be read. */
  static final Judgement NONE = new Judgement(false, false, "", Double.NaN);
}
