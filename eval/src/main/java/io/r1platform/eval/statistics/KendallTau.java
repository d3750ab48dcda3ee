package io.r1platform.eval.statistics;

/** Kendall's tau-b between two rankings of the same items, ties in either allowed. */
public final class KendallTau {
  private KendallTau() {}

  /**
   * {@code (concordant - discordant) / sqrt((pairs - ties in first) (pairs - ties in second))}; NaN
   * where one ranking ties everything.
   *
   * @param first a score for each item; larger is better
   * @param second likewise, of the same length
   */
  public static double tauB(double[] first, double[] second) {
    if (first.length != second.length) {
      throw new IllegalArgumentException(first.length + " items against " + second.length);
    }
    long balance = 0;
    long apartInFirst = 0;
    long apartInSecond = 0;
    for (int i = 0; i < first.length; i++) {
      for (int j = 0; j < i; j++) {
        int one = Double.compare(first[i], first[j]);
        int other = Double.compare(second[i], second[j]);
        balance += (long) one * other;
        apartInFirst += Math.abs(one);
        apartInSecond += Math.abs(other);
      }
    }
    return balance / Math.sqrt((double) apartInFirst * apartInSecond);
  }
}
