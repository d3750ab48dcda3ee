package io.r1platform.billing.invoices;

import java.math.BigInteger;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An organization's money as one would keep it on paper, month by month, in pico. */
final class Books {
  /** What is told of a month, as its member of the report. */
  enum Column {
    RECOGNIZED(false),
    BREAKAGE(false),
    PROMO_EXPENSE(false),
    ROUNDING(false),
    ACCRUED(true),
    RECEIVABLE(true),
    DEFERRED(true),
    PROMISED(true),
    TAX_PAYABLE(true);

    /** What stands at a month's end, not what moved in it. */
    private final boolean balance;

    Column(boolean balance) {
      this.balance = balance;
    }
  }

  private static final class Voucher {
    private final boolean paid;
    private final Instant begin;
    private final @Nullable Instant end;
    private final int order;
    private BigInteger left;

    private Voucher(
        boolean paid, Instant begin, @Nullable Instant end, int order, BigInteger left) {
      this.paid = paid;
      this.begin = begin;
      this.end = end;
      this.order = order;
      this.left = left;
    }

    private boolean holds(Instant at) {
      return !at.isBefore(begin) && (end == null || at.isBefore(end));
    }
  }

  private final Map<Column, TreeMap<YearMonth, BigInteger>> columns = new EnumMap<>(Column.class);
  private final List<Voucher> vouchers = new ArrayList<>();
  private final TreeMap<YearMonth, BigInteger> used = new TreeMap<>();
  private final TreeMap<YearMonth, BigInteger> minimums = new TreeMap<>();
  private final TreeMap<YearMonth, BigInteger> shortfalls = new TreeMap<>();

  private void add(Column column, Instant at, BigInteger amount) {
    add(column, YearMonth.from(at.atOffset(ZoneOffset.UTC)), amount);
  }

  private void add(Column column, YearMonth month, BigInteger amount) {
    columns.computeIfAbsent(column, c -> new TreeMap<>()).merge(month, amount, BigInteger::add);
  }

  /** Credit bought or given. */
  void credit(boolean paid, Instant now, @Nullable Instant end, BigInteger amount) {
    vouchers.add(new Voucher(paid, now, end, vouchers.size(), amount));
    add(paid ? Column.DEFERRED : Column.PROMISED, now, amount);
    if (!paid) {
      add(Column.PROMO_EXPENSE, now, amount);
    }
    expire(paid, end, amount);
  }

  /** Books for its end what is not drawn until then; below 0 of what is drawn. */
  private void expire(boolean paid, @Nullable Instant end, BigInteger amount) {
    if (end != null) {
      add(paid ? Column.DEFERRED : Column.PROMISED, end, amount.negate());
      add(paid ? Column.BREAKAGE : Column.PROMO_EXPENSE, end, paid ? amount : amount.negate());
    }
  }

  void charge(Instant at, BigInteger amount) {
    add(Column.RECOGNIZED, at, amount);
    used.merge(YearMonth.from(at.atOffset(ZoneOffset.UTC)), amount, BigInteger::add);
    BigInteger rest = amount;
    vouchers.sort(
        Comparator.comparing((Voucher v) -> v.paid)
            .thenComparing(v -> v.end == null ? Instant.MAX : v.end)
            .thenComparingInt(v -> v.order));
    for (Voucher v : vouchers) {
      if (v.holds(at)) {
        BigInteger part = rest.min(v.left);
        v.left = v.left.subtract(part);
        rest = rest.subtract(part);
        add(v.paid ? Column.DEFERRED : Column.PROMISED, at, part.negate());
        expire(v.paid, v.end, part.negate());
      }
    }
    add(Column.ACCRUED, at, rest);
  }

  void pay(Instant now, BigInteger amount) {
    add(Column.RECEIVABLE, now, amount.negate());
  }

  void commit(YearMonth month, BigInteger minimum) {
    minimums.put(month, minimum);
  }

  /** What is missing to the minimum of each month that is over. */
  void settle(YearMonth current) {
    minimums
        .headMap(current)
        .forEach(
            (month, minimum) -> {
              BigInteger missing =
                  minimum.subtract(used.getOrDefault(month, BigInteger.ZERO)).max(BigInteger.ZERO);
              BigInteger before = shortfalls.getOrDefault(month, BigInteger.ZERO);
              shortfalls.put(month, missing);
              add(Column.ACCRUED, month, missing.subtract(before));
              add(Column.RECOGNIZED, month, missing.subtract(before));
            });
  }

  /** An invoice as it says of itself; of one made void {@code sign} is -1. */
  void invoice(Instant now, int sign, BigInteger net, BigInteger rounding, BigInteger tax) {
    BigInteger by = BigInteger.valueOf(sign);
    add(Column.ACCRUED, now, net.multiply(by).negate());
    add(Column.ROUNDING, now, rounding.multiply(by).negate());
    add(Column.TAX_PAYABLE, now, tax.multiply(by));
    add(Column.RECEIVABLE, now, net.add(rounding).add(tax).multiply(by));
  }

  /** A credit note; its amounts are below 0. */
  void note(Instant now, BigInteger net, BigInteger tax) {
    add(Column.RECOGNIZED, now, net);
    add(Column.TAX_PAYABLE, now, tax);
    add(Column.RECEIVABLE, now, net.add(tax));
  }

  BigInteger owed() {
    return sum(Column.ACCRUED, null).add(sum(Column.RECEIVABLE, null));
  }

  BigInteger left(Instant now) {
    return vouchers.stream()
        .filter(v -> v.holds(now))
        .map(v -> v.left)
        .reduce(BigInteger.ZERO, BigInteger::add);
  }

  /** What the report should say. */
  BigInteger of(Column column, YearMonth month) {
    return column.balance
        ? sum(column, month)
        : columns.getOrDefault(column, new TreeMap<>()).getOrDefault(month, BigInteger.ZERO);
  }

  private BigInteger sum(Column column, @Nullable YearMonth until) {
    var months = columns.getOrDefault(column, new TreeMap<>());
    var counted = until == null ? months : months.headMap(until, true);
    return counted.values().stream().reduce(BigInteger.ZERO, BigInteger::add);
  }
}
