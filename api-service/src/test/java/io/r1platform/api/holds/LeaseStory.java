package io.r1platform.api.holds;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.keys.Caller;
import io.r1platform.api.money.Pico;
import io.r1platform.testing.SettableClock;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A few replicas spend the same budgets in an order that a seed decides: messages are late, doubled
 * and out of order, replicas die, periods end. After every step each slice must hold its invariant;
 * the model checks billing's side.
 */
final class LeaseStory {
  private static final int REPLICAS = 3;
  private static final int MOST_UNDER_WAY = 60;

  private final Random random;
  private final LendingModel model = new LendingModel();
  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-22T10:00:00Z"));
  private final List<Replica> replicas = new ArrayList<>();
  private final List<Runnable> underWay = new ArrayList<>();
  private final Map<LendingModel.Holder, List<Runnable>> finals = new HashMap<>();
  private long events;
  private int admitted;
  private int refused;

  private record Open(long event, Hold hold) {}

  private static final class Replica {
    final LendingModel.Holder holder;
    final Account account;
    final List<Open> open = new ArrayList<>();

    Replica(LendingModel.Holder holder, Account account) {
      this.holder = holder;
      this.account = account;
    }
  }

  LeaseStory(long seed) {
    random = new Random(seed);
    model.limit(Scope.CREDIT, BigInteger.valueOf(100_000), null);
    model.limit(Scope.PROJECT, BigInteger.valueOf(8_000), Duration.ofSeconds(60));
    if (random.nextBoolean()) {
      model.limit(Scope.KEY, BigInteger.valueOf(5_000), Duration.ofSeconds(90));
    }
    for (int i = 0; i < REPLICAS; i++) {
      replicas.add(replica(new LendingModel.Holder(i, 1)));
    }
  }

  private Replica replica(LendingModel.Holder holder) {
    var settings =
        new HoldSettings(
            4,
            Duration.ofSeconds(2),
            100,
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(15),
            Duration.ofSeconds(30),
            100);
    return new Replica(
        holder,
        new Account(
            7, settings, clock, () -> clock.instant().toEpochMilli() * 1_000_000, () -> {}));
  }

  /** Plays so many steps, then lets everything arrive and everything go back. */
  void play(int steps) {
    for (int i = 0; i < steps; i++) {
      step(replicas.get(random.nextInt(REPLICAS)));
      replicas.forEach(LeaseStory::checkSlices);
    }
    for (Replica replica : replicas) {
      while (!replica.open.isEmpty()) {
        settle(replica);
      }
    }
    arrive();
    for (Replica replica : replicas) {
      sync(replica, true);
    }
    arrive();
    Scope.At credit = new Scope.At(Scope.CREDIT, 7);
    assertThat(model.leased(credit)).as("everything came back").isZero();
    assertThat(model.leased(new Scope.At(Scope.PROJECT, 8))).isZero();
    assertThat(model.spent(credit)).isEqualTo(model.charged());
    assertThat(model.spent(new Scope.At(Scope.PROJECT, 8))).isEqualTo(model.charged());
  }

  int admitted() {
    return admitted;
  }

  int refused() {
    return refused;
  }

  private void step(Replica replica) {
    int dice = random.nextInt(100);
    if (dice < 35) {
      take(replica);
    } else if (dice < 60) {
      settle(replica);
    } else if (dice < 80) {
      deliver();
    } else if (dice < 85) {
      shrink(replica);
    } else if (dice < 90) {
      sync(replica, random.nextInt(10) == 0);
    } else if (dice < 93) {
      recall(replica);
    } else if (dice < 94) {
      long version = model.touch();
      replicas.forEach(each -> later(() -> each.account.changed(version)));
    } else if (dice < 95) {
      die(replica);
    } else {
      clock.advance(Duration.ofMillis(random.nextInt(5_000)));
    }
    if (underWay.size() > MOST_UNDER_WAY) {
      deliver();
    }
  }

  private void take(Replica replica) {
    Caller caller = LendingModel.caller(1 + random.nextInt(3));
    var worst = new WorstCase(1 + random.nextInt(50), 1 + random.nextInt(20), 1, 3, 7);
    switch (replica.account.attempt(caller, worst)) {
      case Attempt.Taken(Hold hold, var low) -> {
        admitted++;
        replica.open.add(new Open(events++, hold));
        if (!low.isEmpty()) {
          ask(replica, new LeaseClient.Ask(caller, low, BigInteger.valueOf(1_000)));
        }
      }
      case Attempt.Lacking(var need) ->
          ask(replica, new LeaseClient.Ask(caller, need, BigInteger.valueOf(1_000)));
      case Attempt.Denied(Refusal refusal) -> {
        refused++;
        assertThat(refusal.left()).isLessThan(BigInteger.valueOf(worst.amount().value()));
      }
    }
  }

  private void ask(Replica replica, LeaseClient.Ask ask) {
    later(
        () -> {
          LeaseAnswer answer = model.lend(replica.holder, ask, REPLICAS, clock.instant());
          later(
              () -> {
                switch (answer) {
                  case LeaseAnswer.Lent lent -> replica.account.on(ask.caller(), lent);
                  case LeaseAnswer.Exhausted denied -> replica.account.on(denied);
                  case LeaseAnswer.Over over -> {}
                  case LeaseAnswer.Away away -> {}
                }
              });
        });
  }

  /** The FINAL is durable; billing and the hold hear of it in any order. */
  private void settle(Replica replica) {
    if (replica.open.isEmpty()) {
      return;
    }
    Open open = replica.open.remove(random.nextInt(replica.open.size()));
    if (random.nextInt(10) == 0) {
      open.hold.release();
      return;
    }
    int most = open.hold.amount().intValueExact();
    var charge = new Pico(random.nextInt(3) == 0 ? most : random.nextInt(most + 1));
    List<Long> leases = open.hold.slices().values().stream().map(Slice::leaseId).toList();
    Runnable posted = () -> model.settle(open.event, leases, BigInteger.valueOf(charge.value()));
    finals.computeIfAbsent(replica.holder, holder -> new ArrayList<>()).add(posted);
    later(posted);
    later(() -> open.hold.settle(charge));
  }

  private void shrink(Replica replica) {
    if (!replica.open.isEmpty()) {
      Hold hold = replica.open.get(random.nextInt(replica.open.size())).hold;
      hold.shrinkTo(new Pico(random.nextInt(300)));
    }
  }

  private void sync(Replica replica, boolean all) {
    replica.account.giveBack(all);
    var returns = new HashMap<Long, BigInteger>();
    replica.account.untold(returns, 100);
    later(
        () -> {
          returns.forEach(model::returned);
          later(
              () -> {
                replica.account.told(returns);
                replica.account.rest();
              });
        });
  }

  private void recall(Replica replica) {
    for (long lease : model.leasesOf(replica.holder)) {
      if (random.nextBoolean()) {
        later(() -> replica.account.recall(Set.of(lease)));
      }
    }
  }

  /** Its memory is gone; what it wrote is shipped by a peer, then its epoch is closed. */
  private void die(Replica replica) {
    var next = new LendingModel.Holder(replica.holder.replica(), replica.holder.epoch() + 1);
    replicas.set(replica.holder.replica(), replica(next));
    later(
        () -> {
          finals.getOrDefault(replica.holder, List.of()).forEach(Runnable::run);
          model.close(replica.holder);
        });
  }

  private void later(Runnable message) {
    underWay.add(message);
  }

  private void deliver() {
    if (underWay.isEmpty()) {
      return;
    }
    int at = random.nextInt(underWay.size());
    Runnable message = random.nextInt(20) == 0 ? underWay.get(at) : underWay.remove(at);
    message.run();
  }

  private void arrive() {
    while (!underWay.isEmpty()) {
      underWay.remove(random.nextInt(underWay.size())).run();
    }
  }

  private static void checkSlices(Replica replica) {
    for (Slice slice : replica.account.slices().values()) {
      BigInteger used = slice.charged().add(slice.held()).add(slice.returned());
      if (slice.held().signum() < 0 || used.compareTo(slice.granted()) > 0) {
        throw new AssertionError(
            "lease %d: charged %s, held %s, returned %s of %s"
                .formatted(
                    slice.leaseId(),
                    slice.charged(),
                    slice.held(),
                    slice.returned(),
                    slice.granted()));
      }
    }
  }
}
