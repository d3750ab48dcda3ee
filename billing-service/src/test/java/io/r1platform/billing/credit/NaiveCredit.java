package io.r1platform.billing.credit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Credit as one would keep it on paper, in whole tokens. */
final class NaiveCredit {
  private static final class Voucher {
    private final UUID journal;
    private final boolean paid;
    private final Instant begin;
    private final @Nullable Instant end;
    private final int amount;
    private final int order;
    private int left;

    private Voucher(
        UUID journal, boolean paid, Instant begin, @Nullable Instant end, int amount, int order) {
      this.journal = journal;
      this.paid = paid;
      this.begin = begin;
      this.end = end;
      this.amount = amount;
      this.order = order;
      this.left = amount;
    }
  }

  private final List<Voucher> vouchers = new ArrayList<>();
  private int owed;

  void add(UUID journal, boolean paid, Instant begin, @Nullable Instant end, int amount) {
    vouchers.add(new Voucher(journal, paid, begin, end, amount, vouchers.size()));
  }

  @Nullable UUID undrawn() {
    return vouchers.stream()
        .filter(v -> v.left == v.amount)
        .map(v -> v.journal)
        .findFirst()
        .orElse(null);
  }

  void reverse(UUID journal) {
    vouchers.removeIf(v -> v.journal.equals(journal));
  }

  void use(Instant admitted, int amount) {
    vouchers.sort(
        Comparator.comparing((Voucher v) -> v.paid)
            .thenComparing(v -> v.end == null ? Instant.MAX : v.end)
            .thenComparingInt(v -> v.order));
    int rest = amount;
    for (Voucher v : vouchers) {
      if (!admitted.isBefore(v.begin) && (v.end == null || admitted.isBefore(v.end))) {
        int part = Math.min(rest, v.left);
        v.left -= part;
        rest -= part;
      }
    }
    owed += rest;
  }

  int owed() {
    return owed;
  }

  int left() {
    return vouchers.stream().mapToInt(v -> v.left).sum();
  }
}
