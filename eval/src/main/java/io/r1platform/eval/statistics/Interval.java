package io.r1platform.eval.statistics;

/**
 * A share with its 95 % interval.
 *
 * @param value 0 to 1
 * @param low lower end
 * @param high upper end
 */
public record Interval(double value, double low, double high) {
  private static final double Z = 1.959963984540054;

  /** Wilson's score interval of {@code right} out of {@code count}; all of [0, 1] for none. */
  public static Interval wilson(double right, long count) {
    if (count == 0) {
      return new Interval(0, 0, 1);
    }
    double share = right / count;
    double whole = 1 + Z * Z / count;
    double middle = (share + Z * Z / (2.0 * count)) / whole;
    double half =
        Z * Math.sqrt(share * (1 - share) / count + Z * Z / (4.0 * count * count)) / whole;
    return new Interval(share, right <= 0 ? 0 : middle - half, right >= count ? 1 : middle + half);
  }
}
