package io.r1platform.api.holds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r1platform.api.keys.Caller;
import io.r1platform.api.money.Pico;
import io.r1platform.testing.SettableClock;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The arithmetic of slices, from memory. */
class AccountTests {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private static final HoldSettings SETTINGS =
      new HoldSettings(
          8,
          Duration.ofSeconds(2),
          100,
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          Duration.ofSeconds(15),
          Duration.ofSeconds(30),
          100);
  private static final Scope.At CREDIT = new Scope.At(Scope.CREDIT, 7);
  private static final WorstCase HUNDRED = new WorstCase(10, 8, 1, 2, 10);

  private final AtomicLong nanos = new AtomicLong();
  private final Caller caller = LendingModel.caller(1);

  /** No order of take, settle, release, return, recall, expiry and death breaks a slice. */
  @Test
  void noInterleavingHoldsOrSpendsMoreThanTheSlice() {
    int admitted = 0;
    int refused = 0;
    for (long seed = 1; seed <= 1_000; seed++) {
      var story = new LeaseStory(seed);
      try {
        story.play(300);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
      admitted += story.admitted();
      refused += story.refused();
    }
    assertThat(admitted).as("the stories admit").isGreaterThan(10_000);
    assertThat(refused).as("the stories refuse").isGreaterThan(500);
  }

  /**
   * Threads: litellm#34732, #40095, #26672, #23714; new-api#6609, #6607, #5690; one-api#2440;
   * bifrost#3547. Many replicas with many threads never spend more than the budget, and all of it.
   */
  @Test
  void concurrencyCannotOverspend() throws InterruptedException, ExecutionException {
    var model = new LendingModel();
    long limit = 100_000;
    model.limit(Scope.CREDIT, BigInteger.valueOf(limit), null);
    List<Account> accounts = new ArrayList<>();
    var events = new AtomicLong();
    var admitted = new AtomicInteger();
    try (var threads = Executors.newFixedThreadPool(32)) {
      List<Future<?>> work = new ArrayList<>();
      for (int replica = 0; replica < 8; replica++) {
        Account account = account();
        accounts.add(account);
        var holder = new LendingModel.Holder(replica, 1);
        for (int i = 0; i < 4; i++) {
          var random = new Random(replica * 4L + i);
          work.add(threads.submit(() -> spend(model, holder, account, random, events, admitted)));
        }
      }
      for (Future<?> each : work) {
        each.get();
      }
    }
    assertThat(model.charged()).isEqualTo(model.spent(CREDIT));
    assertThat(model.spent(CREDIT).longValueExact()).isLessThanOrEqualTo(limit);
    accounts.forEach(account -> giveBack(model, account));
    assertThat(model.leased(CREDIT)).isZero();
    assertThat(admitted.get()).isGreaterThan(1_000);
  }

  private void spend(
      LendingModel model,
      LendingModel.Holder holder,
      Account account,
      Random random,
      AtomicLong events,
      AtomicInteger admitted) {
    for (int denied = 0; denied < 20; ) {
      switch (account.attempt(caller, HUNDRED)) {
        case Attempt.Taken(Hold hold, var low) -> {
          admitted.incrementAndGet();
          var charge = new Pico(random.nextInt(101));
          List<Long> leases = hold.slices().values().stream().map(Slice::leaseId).toList();
          if (random.nextBoolean()) {
            hold.settle(charge);
          }
          model.settle(events.getAndIncrement(), leases, BigInteger.valueOf(charge.value()));
          hold.settle(charge);
        }
        case Attempt.Lacking(var need) -> {
          switch (model.lend(holder, ask(need), 8, NOW)) {
            case LeaseAnswer.Lent lent -> account.on(caller, lent);
            case LeaseAnswer.Exhausted refusal -> {
              account.on(refusal);
              denied++;
            }
            case LeaseAnswer.Over over -> throw new IllegalStateException();
            case LeaseAnswer.Away away -> throw new IllegalStateException();
          }
        }
        case Attempt.Denied(Refusal refusal) -> {
          denied++;
          nanos.addAndGet(SETTINGS.denialFor().toNanos());
        }
      }
    }
  }

  @Test
  void aHoldIsTakenFromEveryScopeOrFromNone() {
    var model = new LendingModel();
    model.limit(Scope.CREDIT, BigInteger.valueOf(1_000), null);
    model.limit(Scope.KEY, BigInteger.valueOf(150), null);
    Account account = account();
    lend(model, account, Map.of(Scope.CREDIT, hundred(), Scope.KEY, hundred()));
    assertThat(account.attempt(caller, HUNDRED)).isInstanceOf(Attempt.Taken.class);
    assertThat(account.attempt(caller, HUNDRED)).isInstanceOf(Attempt.Lacking.class);
    assertThat(account.slices().values()).extracting(Slice::held).containsOnly(hundred());
  }

  @Test
  void aHoldEndsOnce() {
    var model = new LendingModel();
    model.limit(Scope.CREDIT, BigInteger.valueOf(1_000), null);
    Account account = account();
    lend(model, account, Map.of(Scope.CREDIT, hundred()));
    Hold hold = taken(account);
    hold.settle(new Pico(60));
    hold.settle(new Pico(60));
    hold.release();
    hold.shrinkTo(new Pico(1));
    Slice slice = account.slices().values().iterator().next();
    assertThat(slice.charged()).isEqualTo(60);
    assertThat(slice.held()).isZero();
    assertThat(account.open()).isZero();
  }

  @Test
  void aHoldShrinksAndNeverGrows() {
    var model = new LendingModel();
    model.limit(Scope.CREDIT, BigInteger.valueOf(1_000), null);
    Account account = account();
    lend(model, account, Map.of(Scope.CREDIT, hundred()));
    Hold hold = taken(account);
    Slice slice = account.slices().values().iterator().next();
    hold.shrinkTo(new Pico(30));
    assertThat(slice.held()).isEqualTo(30);
    hold.shrinkTo(new Pico(90));
    assertThat(slice.held()).isEqualTo(30);
    assertThat(hold.pico()).isEqualTo(new Pico(100));
  }

  /** The negative cache: per scope and amount, until a recall, a change or a second has passed. */
  @Test
  void remembersADenialUntilSomethingChanges() {
    Account account = account();
    assertThat(account.attempt(caller, HUNDRED)).isInstanceOf(Attempt.Lacking.class);
    deny(account, 99, 5);
    assertThat(account.attempt(caller, HUNDRED)).isInstanceOf(Attempt.Denied.class);
    assertThat(account.attempt(caller, HUNDRED.withMaxTokens(7)))
        .as("less may fit")
        .isInstanceOf(Attempt.Lacking.class);
    account.changed(6);
    assertThat(account.attempt(caller, HUNDRED)).as("changed").isInstanceOf(Attempt.Lacking.class);
    deny(account, 99, 6);
    nanos.addAndGet(Duration.ofMillis(999).toNanos());
    assertThat(account.attempt(caller, HUNDRED)).isInstanceOf(Attempt.Denied.class);
    nanos.addAndGet(Duration.ofMillis(1).toNanos());
    assertThat(account.attempt(caller, HUNDRED)).as("a second").isInstanceOf(Attempt.Lacking.class);
  }

  @Test
  void aRecalledLeaseIsTakenFromNoMoreUntilAnAnswerNamesIt() {
    var model = new LendingModel();
    model.limit(Scope.CREDIT, BigInteger.valueOf(1_000), null);
    Account account = account();
    lend(model, account, Map.of(Scope.CREDIT, hundred()));
    Hold hold = taken(account);
    hold.settle(new Pico(10));
    assertThat(account.recall(Set.of(1L))).isTrue();
    assertThat(account.attempt(caller, HUNDRED)).isInstanceOf(Attempt.Lacking.class);
    lend(model, account, Map.of(Scope.CREDIT, hundred()));
    assertThat(account.attempt(caller, HUNDRED)).isInstanceOf(Attempt.Taken.class);
  }

  /** Credit ends with its grants, and its lease goes on: no total of it is ever forgotten. */
  @Test
  void creditThatEndedIsTakenFromNoMoreUntilAnAnswerNamesItsLease() {
    var clock = new SettableClock(NOW);
    var account = new Account(7, SETTINGS, clock, nanos::get, () -> {});
    account.on(caller, credit(1, 100, NOW.plusSeconds(60)));
    taken(account).settle(new Pico(10));
    clock.advance(Duration.ofSeconds(60));
    assertThat(account.attempt(caller, new WorstCase(1, 8, 1, 2, 1)))
        .isInstanceOf(Attempt.Lacking.class);
    account.giveBack(false);
    account.told(Map.of(1L, BigInteger.valueOf(90)));
    clock.advance(Duration.ofHours(1));
    account.giveBack(false);
    account.on(caller, credit(2, 200, null));
    assertThat(account.attempt(caller, HUNDRED)).isInstanceOf(Attempt.Taken.class);
    assertThat(account.attempt(caller, HUNDRED)).isInstanceOf(Attempt.Lacking.class);
  }

  /** An increase ends within its period, and billing names the lease again: all of it was spent. */
  @Test
  void aLeaseWhoseIncreaseEndedKeepsItsTotalsUntilItsPeriodEnds() {
    var clock = new SettableClock(NOW);
    var account = new Account(7, SETTINGS, clock, nanos::get, () -> {});
    Instant periodEnds = NOW.plus(Duration.ofDays(1));
    account.on(caller, lent(1, Scope.ORGANIZATION, 100, NOW.plusSeconds(60), periodEnds));
    taken(account).settle(new Pico(100));
    clock.advance(Duration.ofHours(1));
    account.giveBack(false);
    account.on(caller, lent(2, Scope.ORGANIZATION, 100, periodEnds, periodEnds));
    assertThat(account.attempt(caller, HUNDRED)).isInstanceOf(Attempt.Lacking.class);
    clock.set(periodEnds.plus(Duration.ofMinutes(10)));
    account.giveBack(false);
    assertThat(account.sliceCount()).as("the period is over").isZero();
  }

  /** Its totals are kept: the grant that billing names again is not read as unspent. */
  @Test
  void restsWhenNothingIsOpenFreeOrUntoldAndRemembersWhatWasSpent() {
    Account account = account();
    account.on(caller, credit(1, 100, null));
    Hold hold = taken(account);
    account.rest();
    assertThat(account.isResting()).as("something is held").isFalse();
    hold.settle(new Pico(10));
    account.rest();
    assertThat(account.isResting()).as("something is free").isFalse();
    account.giveBack(true);
    account.rest();
    assertThat(account.isResting()).as("something is untold").isFalse();
    account.told(Map.of(1L, BigInteger.valueOf(90)));
    account.rest();
    assertThat(account.isResting()).isTrue();

    assertThat(account.attempt(caller, HUNDRED)).isInstanceOf(Attempt.Lacking.class);
    assertThat(account.isResting()).isFalse();
    account.on(caller, credit(1, 199, null));
    assertThat(account.attempt(caller, HUNDRED))
        .as("99 are new")
        .isInstanceOf(Attempt.Lacking.class);
    account.on(caller, credit(1, 200, null));
    assertThat(account.attempt(caller, HUNDRED)).isInstanceOf(Attempt.Taken.class);
  }

  private static LeaseAnswer.Lent credit(long version, long granted, @Nullable Instant endsAt) {
    return lent(version, Scope.CREDIT, granted, endsAt, null);
  }

  private static LeaseAnswer.Lent lent(
      long version,
      Scope scope,
      long granted,
      @Nullable Instant endsAt,
      @Nullable Instant periodEndsAt) {
    var lease =
        new LeaseAnswer.Lease(scope, 7, 1, BigInteger.valueOf(granted), endsAt, periodEndsAt);
    return new LeaseAnswer.Lent(version, List.of(lease));
  }

  @Test
  void aSliceHoldsNoMoreThanItsRoom() {
    var slice = new Slice(1, null, null);
    slice.granted(BigInteger.TEN);
    assertThatThrownBy(() -> slice.hold(BigInteger.valueOf(11), 0))
        .isInstanceOf(IllegalStateException.class);
  }

  private static BigInteger hundred() {
    return BigInteger.valueOf(100);
  }

  private Account account() {
    return new Account(7, SETTINGS, Clock.fixed(NOW, ZoneOffset.UTC), nanos::get, () -> {});
  }

  private Hold taken(Account account) {
    return ((Attempt.Taken) account.attempt(caller, HUNDRED)).hold();
  }

  private LeaseClient.Ask ask(Map<Scope, BigInteger> need) {
    return new LeaseClient.Ask(caller, need, BigInteger.valueOf(150));
  }

  private void lend(LendingModel model, Account account, Map<Scope, BigInteger> need) {
    var answer = model.lend(new LendingModel.Holder(0, 1), ask(need), 1, NOW);
    account.on(caller, (LeaseAnswer.Lent) answer);
  }

  private static void giveBack(LendingModel model, Account account) {
    account.giveBack(true);
    account.slices().forEach((id, slice) -> model.returned(id, slice.returned()));
  }

  private static void deny(Account account, long left, long version) {
    account.on(
        new LeaseAnswer.Exhausted(
            version,
            Scope.CREDIT,
            7,
            BigInteger.valueOf(1_000),
            BigInteger.valueOf(left),
            BigInteger.ZERO,
            null));
  }
}
