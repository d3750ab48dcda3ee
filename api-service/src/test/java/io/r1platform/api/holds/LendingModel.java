package io.r1platform.api.holds;

import static java.math.BigInteger.ZERO;
import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.keys.Caller;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Billing's side of {@code docs/protocols/leases.md} in memory, with the checks of its schema: a
 * total that would break one fails the test at once.
 */
final class LendingModel {
  /** Who leases: a replica under one epoch. */
  record Holder(int replica, int epoch) {}

  /** How one scope is limited; {@code every} null: its budget never resets. */
  record Rule(BigInteger limit, @Nullable Duration every) {}

  private record PeriodKey(Scope.At at, long number) {}

  private static final class Period {
    final BigInteger limit;
    final @Nullable Instant endsAt;
    BigInteger leased = ZERO;
    BigInteger spent = ZERO;

    Period(BigInteger limit, @Nullable Instant endsAt) {
      this.limit = limit;
      this.endsAt = endsAt;
    }

    BigInteger free() {
      return limit.subtract(leased).subtract(spent);
    }
  }

  private static final class Lease {
    final long id;
    final Holder holder;
    final Scope.At at;
    final Period period;
    BigInteger granted = ZERO;
    BigInteger spent = ZERO;
    BigInteger returned = ZERO;

    Lease(long id, Holder holder, Scope.At at, Period period) {
      this.id = id;
      this.holder = holder;
      this.at = at;
      this.period = period;
    }
  }

  private final Map<Scope, Rule> rules = new EnumMap<>(Scope.class);
  private final Map<PeriodKey, Period> periods = new HashMap<>();
  private final Map<Long, Lease> leases = new HashMap<>();
  private final Set<Holder> closed = new HashSet<>();
  private final Set<Long> settled = new HashSet<>();
  private BigInteger charged = ZERO;
  private long version = 1;
  private int asks;

  synchronized void limit(Scope scope, BigInteger limit, @Nullable Duration every) {
    rules.put(scope, new Rule(limit, every));
    version++;
  }

  synchronized LeaseAnswer lend(Holder holder, LeaseClient.Ask ask, int replicas, Instant now) {
    asks++;
    if (closed.contains(holder)) {
      return new LeaseAnswer.Over();
    }
    for (Scope scope : rules.keySet()) {
      Scope.At at = scope.of(ask.caller());
      Period period = period(at, now);
      if (period.free().compareTo(need(ask, scope)) < 0) {
        return new LeaseAnswer.Exhausted(
            version, scope, at.id(), period.limit, period.free(), period.leased, period.endsAt);
      }
    }
    List<LeaseAnswer.Lease> lent = new ArrayList<>();
    for (Scope scope : rules.keySet()) {
      Scope.At at = scope.of(ask.caller());
      Period period = period(at, now);
      Lease lease = lease(holder, at, period);
      BigInteger need = need(ask, scope);
      if (need.signum() > 0) {
        BigInteger share = period.free().divide(BigInteger.valueOf(3L * replicas));
        BigInteger take = share.max(need).min(need.max(ask.slice()));
        lease.granted = lease.granted.add(take);
        period.leased = period.leased.add(take);
      }
      lent.add(
          new LeaseAnswer.Lease(
              scope, at.id(), lease.id, lease.granted, period.endsAt, period.endsAt));
    }
    check();
    return new LeaseAnswer.Lent(version, lent);
  }

  synchronized void returned(long leaseId, BigInteger total) {
    Lease lease = leases.get(leaseId);
    if (lease == null || closed.contains(lease.holder)) {
      return;
    }
    BigInteger most = lease.granted.subtract(lease.spent);
    assertThat(total).as("what comes back was not spent").isLessThanOrEqualTo(most);
    giveBack(lease, total);
  }

  private void giveBack(Lease lease, BigInteger total) {
    if (total.compareTo(lease.returned) > 0) {
      lease.period.leased = lease.period.leased.subtract(total.subtract(lease.returned));
      lease.returned = total;
    }
    check();
  }

  /** Posts a charge; an event that is known already changes nothing. */
  synchronized void settle(long event, List<Long> leaseIds, BigInteger charge) {
    if (!settled.add(event)) {
      return;
    }
    charged = charged.add(charge);
    for (long id : leaseIds) {
      Lease lease = Objects.requireNonNull(leases.get(id));
      lease.spent = lease.spent.add(charge);
      lease.period.leased = lease.period.leased.subtract(charge);
      lease.period.spent = lease.period.spent.add(charge);
    }
    check();
  }

  /** The epoch's stream is closed and all of it taken. */
  synchronized void close(Holder holder) {
    closed.add(holder);
    for (Lease lease : leases.values()) {
      if (lease.holder.equals(holder)) {
        giveBack(lease, lease.granted.subtract(lease.spent));
      }
    }
  }

  /** Something about the organization's budgets changed. */
  synchronized long touch() {
    return ++version;
  }

  /** The leases of a holder, to be asked back. */
  synchronized List<Long> leasesOf(Holder holder) {
    return leases.values().stream()
        .filter(lease -> lease.holder.equals(holder))
        .map(lease -> lease.id)
        .toList();
  }

  synchronized BigInteger charged() {
    return charged;
  }

  synchronized BigInteger spent(Scope.At at) {
    return sum(at, false);
  }

  synchronized BigInteger leased(Scope.At at) {
    return sum(at, true);
  }

  synchronized int asks() {
    return asks;
  }

  private BigInteger sum(Scope.At at, boolean leased) {
    return periods.entrySet().stream()
        .filter(entry -> entry.getKey().at.equals(at))
        .map(entry -> leased ? entry.getValue().leased : entry.getValue().spent)
        .reduce(ZERO, BigInteger::add);
  }

  /** Plain comparisons: this runs millions of times. */
  private void check() {
    for (Period period : periods.values()) {
      if (period.spent.add(period.leased).compareTo(period.limit) > 0
          || period.leased.signum() < 0) {
        throw new AssertionError(
            "spent %s, leased %s of %s".formatted(period.spent, period.leased, period.limit));
      }
    }
    for (Lease lease : leases.values()) {
      if (lease.spent.add(lease.returned).compareTo(lease.granted) > 0) {
        throw new AssertionError(
            "lease of %s: spent %s, returned %s of %s"
                .formatted(lease.at, lease.spent, lease.returned, lease.granted));
      }
    }
  }

  private Period period(Scope.At at, Instant now) {
    Rule rule = Objects.requireNonNull(rules.get(at.scope()));
    Duration every = rule.every;
    long number = every == null ? 0 : now.toEpochMilli() / every.toMillis();
    Instant endsAt = every == null ? null : Instant.ofEpochMilli((number + 1) * every.toMillis());
    return periods.computeIfAbsent(
        new PeriodKey(at, number), key -> new Period(rule.limit, endsAt));
  }

  private Lease lease(Holder holder, Scope.At at, Period period) {
    for (Lease lease : leases.values()) {
      if (lease.holder.equals(holder) && lease.period == period) {
        return lease;
      }
    }
    Lease lease = new Lease(leases.size() + 1L, holder, at, period);
    leases.put(lease.id, lease);
    return lease;
  }

  private static BigInteger need(LeaseClient.Ask ask, Scope scope) {
    return ask.need().getOrDefault(scope, ZERO);
  }

  /** The caller that everybody is in these tests; keys differ. */
  static Caller caller(long key) {
    return new Caller(key, 8, 7);
  }
}
