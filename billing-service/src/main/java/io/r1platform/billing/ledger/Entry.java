package io.r1platform.billing.ledger;

import java.math.BigInteger;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;

/** One side of a journal in one account on one day: + debit, - credit, never 0. */
record Entry(Place place, BigInteger amount) {
  /** Where an entry goes. */
  record Place(long tenantId, Account account, String currency, LocalDate day)
      implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      int byTenant = Long.compare(tenantId, other.tenantId);
      int byAccount = byTenant != 0 ? byTenant : account.compareTo(other.account);
      int byCurrency = byAccount != 0 ? byAccount : currency.compareTo(other.currency);
      return byCurrency != 0 ? byCurrency : day.compareTo(other.day);
    }

    Place onOrAfter(LocalDate first) {
      return day.isBefore(first) ? new Place(tenantId, account, currency, first) : this;
    }
  }

  String text() {
    return "%d|%s|%s|%s|%s"
        .formatted(place.tenantId, place.account.code(), place.currency, place.day, amount);
  }

  static List<Entry> of(Collection<Transfer> transfers) {
    var sums = new TreeMap<Place, BigInteger>();
    for (Transfer t : transfers) {
      var debit = new Place(t.tenantId(), t.debit(), t.currency(), t.day());
      var credit = new Place(t.tenantId(), t.credit(), t.currency(), t.day());
      sums.merge(debit, t.amount(), BigInteger::add);
      sums.merge(credit, t.amount().negate(), BigInteger::add);
    }
    return listOf(sums);
  }

  /** What takes these back: on their own days, or from {@code today} on where those have passed. */
  static List<Entry> reversed(Collection<Entry> entries, LocalDate today) {
    var sums = new TreeMap<Place, BigInteger>();
    for (Entry entry : entries) {
      sums.merge(entry.place.onOrAfter(today), entry.amount.negate(), BigInteger::add);
    }
    return listOf(sums);
  }

  private static List<Entry> listOf(TreeMap<Place, BigInteger> sums) {
    return sums.entrySet().stream()
        .filter(sum -> sum.getValue().signum() != 0)
        .map(sum -> new Entry(sum.getKey(), sum.getValue()))
        .toList();
  }
}
