package io.r1platform.billing.budgets;

import io.r1platform.billing.BillingFixture;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.transaction.support.TransactionTemplate;

/** A gateway as the protocol describes it, for one key: what it was granted, holds, charged. */
final class Gateway {
  /** What it knows of a lease, pico. */
  private static final class Known {
    long lease;
    BigInteger granted = BigInteger.ZERO;
    BigInteger charged = BigInteger.ZERO;
    BigInteger returned = BigInteger.ZERO;

    BigInteger room() {
      return granted.subtract(charged).subtract(returned);
    }
  }

  private final BillingFixture billing;
  private final Lending lending;
  private final Returns returns;
  private final long organization;
  private final Leases.Holder holder;
  private final int replicas;
  private final Map<Scope, Known> scopes = new TreeMap<>();
  private final List<Charge> unshipped = new ArrayList<>();
  private int operations;

  Gateway(BillingFixture billing, long organization, Leases.Holder holder, int replicas) {
    this.billing = billing;
    this.lending = billing.bean(Lending.class);
    this.returns = billing.bean(Returns.class);
    this.organization = organization;
    this.holder = holder;
    this.replicas = replicas;
  }

  /** Holds the worst case and charges what came of it; false: refused. */
  boolean request(long hold, long cost) {
    BigInteger worst = BigInteger.valueOf(hold);
    if (scopes.isEmpty() || scopes.values().stream().anyMatch(k -> lacks(k, worst))) {
      if (!refill(worst)) {
        return false;
      }
    }
    scopes.values().forEach(k -> k.charged = k.charged.add(BigInteger.valueOf(cost)));
    unshipped.add(
        new Charge(
            organization,
            organization * 10,
            organization * 100,
            billing.clock().instant(),
            "USD",
            cost,
            new LeaseIds(
                lease(Scope.CREDIT),
                lease(Scope.ORGANIZATION),
                lease(Scope.PROJECT),
                lease(Scope.KEY))));
    return true;
  }

  /** The refusal of a hold that does not fit. */
  Lending.Exhausted refusal(long hold) {
    return (Lending.Exhausted) lending.lend(asked(BigInteger.valueOf(hold)));
  }

  /** Asks for what this hold lacks. */
  private boolean refill(BigInteger worst) {
    operations++;
    return switch (lending.lend(asked(worst))) {
      case Lending.Exhausted no -> false;
      case Lending.Lent lent -> {
        for (Leases.Lease lease : lent.leases()) {
          Known known = scopes.computeIfAbsent(lease.period().scope(), s -> new Known());
          known.lease = lease.leaseId();
          known.granted = known.granted.max(lease.granted());
        }
        yield true;
      }
    };
  }

  private Lending.Asked asked(BigInteger worst) {
    var need = new TreeMap<Scope, BigInteger>();
    for (Scope scope : Scope.values()) {
      Known known = scopes.get(scope);
      if (known == null || lacks(known, worst)) {
        need.put(scope, worst.subtract(known == null ? BigInteger.ZERO : known.room()));
      }
    }
    return new Lending.Asked(
        holder,
        replicas,
        organization,
        organization * 10,
        organization * 100,
        need,
        worst.multiply(BigInteger.TEN));
  }

  /** Ships what is charged, as a batch of usage would. */
  void ship() {
    if (!unshipped.isEmpty()) {
      operations++;
      billing
          .bean(TransactionTemplate.class)
          .executeWithoutResult(status -> billing.bean(Budgets.class).settle(unshipped));
      unshipped.clear();
    }
  }

  /** Gives back all that is not used. */
  void giveBack() {
    var totals = new TreeMap<Long, BigInteger>();
    for (Known known : scopes.values()) {
      known.returned = known.returned.add(known.room());
      totals.put(known.lease, known.returned);
    }
    operations++;
    billing
        .bean(TransactionTemplate.class)
        .executeWithoutResult(status -> returns.raise(holder, totals));
  }

  /** A peer ships what is left and ends the epoch. */
  void buried() {
    ship();
    billing
        .bean(TransactionTemplate.class)
        .executeWithoutResult(
            status -> {
              billing.bean(Budgets.class).lockEpoch(holder.replica(), holder.epoch());
              billing.bean(Budgets.class).closeEpoch(holder.replica(), holder.epoch());
            });
  }

  int unshipped() {
    return unshipped.size();
  }

  int operations() {
    return operations;
  }

  private long lease(Scope scope) {
    Known known = scopes.get(scope);
    return known == null ? 0 : known.lease;
  }

  private static boolean lacks(Known known, BigInteger worst) {
    return known.room().compareTo(worst) < 0;
  }
}
