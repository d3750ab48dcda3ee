package io.r1platform.billing.budgets;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.BillingFixture;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Random takes, returns, settlements, fencings, changes and increases of one organization's budgets
 * against a model in memory. A failure names its seed.
 */
class LendingModelIT {
  private static final int STEPS = 150;
  private static final long UNIT = 1_000_000_000L;

  private record LeaseKey(Scope scope, int replica) {}

  /** What the model knows of a lease, pico. */
  private static final class Lease {
    long id;
    long granted;
    long spent;
    long returned;

    long rest() {
      return granted - spent - returned;
    }
  }

  /** What the model knows of a scope's budget, pico. */
  private static final class Scoped {
    long budgetId;
    long base;
    long increase;
    long limit;
    long spent;
  }

  private final Map<Scope, Scoped> scopes = new HashMap<>();
  private final Map<LeaseKey, Lease> leases = new HashMap<>();
  private final int[] epochs = {1, 1, 1};

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void neverOverTheLimitAndAllReleasedAtTheEnd(long seed) {
    try (var billing = new BillingFixture()) {
      new Run(billing, new Random(seed)).run();
    }
  }

  private final class Run {
    private final BillingFixture billing;
    private final Random random;
    private final TransactionTemplate transaction;

    Run(BillingFixture billing, Random random) {
      this.billing = billing;
      this.random = random;
      this.transaction = billing.bean(TransactionTemplate.class);
    }

    void run() {
      var credit = new Scoped();
      credit.base = 100_000 * UNIT;
      credit.limit = credit.base;
      scopes.put(Scope.CREDIT, credit);
      for (Scope scope : List.of(Scope.ORGANIZATION, Scope.PROJECT, Scope.KEY)) {
        create(scope);
      }
      for (int i = 0; i < STEPS; i++) {
        step();
        check();
      }
      for (int replica = 0; replica < epochs.length; replica++) {
        fence(replica);
      }
      check();
      assertThat(billing.sum("leased", "budget_period")).isZero();
    }

    private void step() {
      int replica = random.nextInt(epochs.length);
      switch (random.nextInt(12)) {
        case 0, 1, 2, 3 -> take(replica);
        case 4, 5, 6 -> settle(replica);
        case 7, 8 -> giveBack(replica);
        case 9 -> fence(replica);
        case 10 -> change();
        default -> {
          if (random.nextBoolean()) {
            increase();
          } else {
            expire();
          }
        }
      }
    }

    private void create(Scope scope) {
      var scoped = new Scoped();
      scoped.base = (20 + random.nextInt(100)) * UNIT;
      scoped.limit = scoped.base;
      var budget =
          new BudgetOrders.NewBudget(
              7,
              scope,
              scope == Scope.ORGANIZATION ? 7 : scope == Scope.PROJECT ? 70 : 700,
              true,
              "USD",
              BigInteger.valueOf(scoped.base),
              "UTC",
              Reset.NEVER,
              null,
              List.of());
      scoped.budgetId =
          Long.parseLong(
              billing.bean(BudgetOrders.class).create(UUID.randomUUID(), budget).budgetId());
      scopes.put(scope, scoped);
    }

    private void take(int replica) {
      var need = new HashMap<Scope, BigInteger>();
      for (Scope scope : Scope.values()) {
        if (random.nextInt(4) > 0) {
          need.put(scope, BigInteger.valueOf(random.nextInt(30) * UNIT + random.nextInt(9)));
        }
      }
      long slice = random.nextInt(20) * UNIT;
      int replicas = 1 + random.nextInt(4);
      Lending.Answer answer =
          billing
              .bean(Lending.class)
              .lend(
                  new Lending.Asked(
                      holder(replica), replicas, 7, 70, 700, need, BigInteger.valueOf(slice)));
      Scope refused = null;
      for (Scope scope : Scope.values()) {
        long over = free(scope) - need(need, scope);
        if (over < 0 && (refused == null || over < free(refused) - need(need, refused))) {
          refused = scope;
        }
      }
      if (refused != null) {
        assertThat(answer).isInstanceOf(Lending.Exhausted.class);
        Leases.Open by = ((Lending.Exhausted) answer).by();
        assertThat(by.scope()).isEqualTo(refused);
        assertThat(by.free()).isEqualTo(BigInteger.valueOf(free(refused)));
        return;
      }
      assertThat(answer).isInstanceOf(Lending.Lent.class);
      for (Leases.Lease lent : ((Lending.Lent) answer).leases()) {
        Scope scope = lent.period().scope();
        long wanted = need(need, scope);
        long share = Math.max(free(scope) / (3L * replicas), wanted);
        Lease lease = leases.computeIfAbsent(new LeaseKey(scope, replica), key -> new Lease());
        lease.id = lent.leaseId();
        lease.granted += wanted == 0 ? 0 : Math.min(share, Math.max(wanted, slice));
        assertThat(lent.granted()).isEqualTo(BigInteger.valueOf(lease.granted));
      }
    }

    private void settle(int replica) {
      var charges = new ArrayList<Charge>();
      for (int i = random.nextInt(4); i >= 0; i--) {
        long most = Long.MAX_VALUE;
        for (Scope scope : Scope.values()) {
          Lease lease = leases.get(new LeaseKey(scope, replica));
          most = Math.min(most, lease == null ? 0 : lease.rest());
        }
        if (most > 0) {
          long amount = 1 + random.nextLong(most);
          charges.add(
              new Charge(7, 70, 700, billing.clock().instant(), "USD", amount, ids(replica)));
          for (Scope scope : Scope.values()) {
            lease(scope, replica).spent += amount;
            scoped(scope).spent += amount;
          }
        }
      }
      transaction.executeWithoutResult(status -> billing.bean(Budgets.class).settle(charges));
    }

    private void giveBack(int replica) {
      var totals = new HashMap<Long, BigInteger>();
      for (Scope scope : Scope.values()) {
        Lease lease = leases.get(new LeaseKey(scope, replica));
        if (lease != null && random.nextInt(3) > 0) {
          // sometimes stale, sometimes more than there is
          long total = random.nextLong(1 + lease.granted + UNIT);
          totals.put(lease.id, BigInteger.valueOf(total));
          lease.returned = Math.min(Math.max(total, lease.returned), lease.granted - lease.spent);
        }
      }
      transaction.executeWithoutResult(
          status -> billing.bean(Returns.class).raise(holder(replica), totals));
      scopes.keySet().forEach(this::follow);
    }

    private void fence(int replica) {
      transaction.executeWithoutResult(
          status -> {
            var budgets = billing.bean(Budgets.class);
            budgets.lockEpoch(replica, epochs[replica]);
            budgets.closeEpoch(replica, epochs[replica]);
          });
      epochs[replica]++;
      for (Scope scope : Scope.values()) {
        leases.remove(new LeaseKey(scope, replica));
        follow(scope);
      }
    }

    private void change() {
      Scope scope = List.of(Scope.values()).get(random.nextInt(4));
      Scoped scoped = scoped(scope);
      if (scope == Scope.CREDIT) {
        long delta = (random.nextInt(40) - 20) * UNIT;
        scoped.base += delta;
        transaction.executeWithoutResult(
            status ->
                billing
                    .bean(Budgets.class)
                    .changeCredit(7, "USD", BigInteger.valueOf(delta), null, "test"));
      } else {
        scoped.base = random.nextInt(150) * UNIT;
        billing
            .bean(BudgetOrders.class)
            .change(UUID.randomUUID(), scoped.budgetId, BigInteger.valueOf(scoped.base), null);
      }
      retarget(scope);
    }

    private void increase() {
      Scoped scoped = scoped(Scope.PROJECT);
      long amount = (1 + random.nextInt(30)) * UNIT;
      Instant until = billing.clock().instant().plus(Duration.ofMinutes(1));
      billing
          .bean(BudgetOrders.class)
          .increase(UUID.randomUUID(), scoped.budgetId, BigInteger.valueOf(amount), until);
      scoped.increase += amount;
      retarget(Scope.PROJECT);
    }

    private void expire() {
      billing.clock().advance(Duration.ofMinutes(1));
      billing.bean(BudgetJobs.class).run();
      scoped(Scope.PROJECT).increase = 0;
      retarget(Scope.PROJECT);
    }

    /** The limit after an order: the target, or what is out. */
    private void retarget(Scope scope) {
      Scoped scoped = scoped(scope);
      scoped.limit = Math.max(target(scoped), scoped.spent + leased(scope));
    }

    /** The limit after a return: it sinks towards its target. */
    private void follow(Scope scope) {
      Scoped scoped = scoped(scope);
      if (scoped.limit > target(scoped)) {
        scoped.limit = Math.max(target(scoped), scoped.spent + leased(scope));
      }
    }

    private void check() {
      assertThat(BudgetLaw.broken(billing.sql())).isEmpty();
      for (Scope scope : Scope.values()) {
        String of = "budget_period join budget using (budget_id) where scope = '" + scope + "'";
        Scoped scoped = scoped(scope);
        if (scope != Scope.CREDIT || billing.sum("1", of).signum() > 0) {
          assertThat(billing.sum("spent", of)).isEqualTo(BigInteger.valueOf(scoped.spent));
          assertThat(billing.sum("leased", of)).isEqualTo(BigInteger.valueOf(leased(scope)));
          assertThat(billing.sum("budget_period.limit_pico", of))
              .as(scope.name())
              .isEqualTo(BigInteger.valueOf(scoped.limit));
          assertThat(billing.sum("overrun", of)).isZero();
        }
      }
    }

    private Leases.Holder holder(int replica) {
      return new Leases.Holder(replica, epochs[replica]);
    }

    private LeaseIds ids(int replica) {
      return new LeaseIds(
          lease(Scope.CREDIT, replica).id,
          lease(Scope.ORGANIZATION, replica).id,
          lease(Scope.PROJECT, replica).id,
          lease(Scope.KEY, replica).id);
    }
  }

  private static long need(Map<Scope, BigInteger> need, Scope scope) {
    return need.getOrDefault(scope, BigInteger.ZERO).longValueExact();
  }

  private long free(Scope scope) {
    Scoped scoped = scoped(scope);
    return scoped.limit - scoped.spent - leased(scope);
  }

  private long leased(Scope scope) {
    return leases.entrySet().stream()
        .filter(entry -> entry.getKey().scope == scope)
        .mapToLong(entry -> entry.getValue().rest())
        .sum();
  }

  private static long target(Scoped scoped) {
    return Math.max(scoped.base, 0) + scoped.increase;
  }

  private Scoped scoped(Scope scope) {
    return Objects.requireNonNull(scopes.get(scope));
  }

  private Lease lease(Scope scope, int replica) {
    return Objects.requireNonNull(leases.get(new LeaseKey(scope, replica)));
  }
}
