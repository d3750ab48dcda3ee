package io.r1platform.billing.invoices;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The one rounding of an invoice: the whole first, then its parts so that they add up to it. */
final class Rounding {
  private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);

  private Rounding() {}

  /** Half to even. */
  static long minor(BigInteger pico, MinorUnit unit) {
    return new BigDecimal(pico)
        .divide(new BigDecimal(unit.pico()), 0, RoundingMode.HALF_EVEN)
        .longValueExact();
  }

  /** A tax on a rounded net, half to even. */
  static long tax(long netMinor, int ppm) {
    return BigDecimal.valueOf(netMinor)
        .multiply(BigDecimal.valueOf(ppm))
        .divide(MILLION, 0, RoundingMode.HALF_EVEN)
        .longValueExact();
  }

  /**
   * Rounds the sum, each part down, and gives what is missing to the parts with the largest
   * remainders, the earlier of equals first.
   */
  static List<Long> share(List<BigInteger> parts, MinorUnit unit) {
    BigInteger sum = parts.stream().reduce(BigInteger.ZERO, BigInteger::add);
    var minors = new ArrayList<Long>();
    var remainders = new ArrayList<BigInteger>();
    long missing = minor(sum, unit);
    for (BigInteger part : parts) {
      BigInteger remainder = part.mod(unit.pico());
      long down = part.subtract(remainder).divide(unit.pico()).longValueExact();
      minors.add(down);
      remainders.add(remainder);
      missing = Math.subtractExact(missing, down);
    }
    IntStream.range(0, parts.size())
        .boxed()
        .sorted(Comparator.comparing(remainders::get, Comparator.reverseOrder()))
        .limit(missing)
        .forEach(i -> minors.set(i, minors.get(i) + 1));
    return minors;
  }
}
