package io.r1platform.billing.invoices;

import io.r1platform.billing.invoices.Assembled.Taxed;
import io.r1platform.billing.invoices.Line.Tax;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * No invoice asks for less than nothing: what one would be below 0 by is a line of its own, which
 * takes it off this invoice and, since it is due then with the other sign, puts it on the next.
 */
final class Carry {
  private Carry() {}

  /**
   * The lines, and where they or their tax would be below 0, what is carried: of each tax that is
   * below 0 all, so that none is given back here, then of what is not taxed what is still missing.
   */
  static Assembled assemble(List<Taxed> lines, MinorUnit unit) {
    Assembled all = Assembled.of(lines, unit);
    boolean below = all.netPico().signum() < 0 || all.netMinor() < 0 || all.totalMinor() < 0;
    if (!below) {
      return all;
    }
    var with = new ArrayList<>(lines);
    var sums = new LinkedHashMap<Tax, BigInteger>();
    lines.forEach(line -> sums.merge(line.tax(), line.line().amount(), BigInteger::add));
    BigInteger net = all.netPico();
    for (var sum : sums.entrySet()) {
      if (sum.getKey().code() != null && sum.getValue().signum() < 0) {
        with.add(carried(sum.getKey(), sum.getValue().negate()));
        net = net.subtract(sum.getValue());
      }
    }
    if (net.signum() < 0) {
      with.add(carried(Tax.NONE, net.negate()));
    }
    Assembled carried = Assembled.of(with, unit);
    if (carried.netMinor() < 0) { // only rounded, each tax by itself
      with.add(carried(Tax.NONE, unit.picoOf(-carried.netMinor())));
    }
    return Assembled.of(with, unit);
  }

  private static Taxed carried(Tax tax, BigInteger amount) {
    return new Taxed(Line.carried(tax.code(), amount), tax);
  }
}
