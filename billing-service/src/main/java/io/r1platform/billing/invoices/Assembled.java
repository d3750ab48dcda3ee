package io.r1platform.billing.invoices;

import io.r1platform.billing.invoices.Line.Rounded;
import io.r1platform.billing.invoices.Line.Tax;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * The lines of an invoice, rounded, taxes last.
 *
 * @param netPico the exact sum of the lines but tax
 */
record Assembled(List<Rounded> lines, BigInteger netPico, long netMinor, long taxMinor) {

  static final Assembled NOTHING = new Assembled(List.of(), BigInteger.ZERO, 0, 0);

  /** A line and the tax that it is in. */
  record Taxed(Line line, Tax tax) {}

  long totalMinor() {
    return Math.addExact(netMinor, taxMinor);
  }

  /** Rounds per tax, which is on the rounded net. */
  static Assembled of(List<Taxed> lines, MinorUnit unit) {
    var groups = new LinkedHashMap<Tax, List<Integer>>();
    for (int i = 0; i < lines.size(); i++) {
      groups.computeIfAbsent(lines.get(i).tax, tax -> new ArrayList<>()).add(i);
    }
    var rounded = new Rounded[lines.size()];
    var last = new ArrayList<Rounded>();
    long net = 0;
    long taxed = 0;
    for (var group : groups.entrySet()) {
      Tax tax = group.getKey();
      List<Integer> members = group.getValue();
      List<Long> minors =
          Rounding.share(members.stream().map(i -> lines.get(i).line.amount()).toList(), unit);
      long sum = 0;
      for (int k = 0; k < members.size(); k++) {
        int i = members.get(k);
        rounded[i] = new Rounded(lines.get(i).line, minors.get(k), tax);
        sum = Math.addExact(sum, minors.get(k));
      }
      net = Math.addExact(net, sum);
      if (tax.code() != null) {
        long due = Rounding.tax(sum, tax.ppm());
        last.add(new Rounded(Line.tax(unit.picoOf(due)), due, tax));
        taxed = Math.addExact(taxed, due);
      }
    }
    var all = new ArrayList<>(List.of(rounded));
    all.addAll(last);
    BigInteger exact =
        lines.stream().map(one -> one.line.amount()).reduce(BigInteger.ZERO, BigInteger::add);
    return new Assembled(all, exact, net, taxed);
  }
}
