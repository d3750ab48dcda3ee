package io.r1platform.api.holds;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.r1platform.api.billing.BillingClient;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.metering.Journal;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import tools.jackson.databind.json.JsonMapper;

/**
 * One life of a gateway's holds: the production classes that lease, hold and give back, on the
 * caller's thread. An answer of billing may stay under way and be heard after later ones. Each call
 * lets 0.3 s pass.
 */
public final class SimulatedHolds {
  private static final HoldSettings SETTINGS =
      new Binder(
              new MapConfigurationPropertySource(
                  Map.of("r1.api.holds.slice-holds", "4", "r1.api.holds.idle-after", "3s")))
          .bindOrCreate("r1.api.holds", HoldSettings.class);

  private static final long TICK = Duration.ofMillis(300).toNanos();

  /** Instead of a wait of two seconds: whoever needs more answers gives up. */
  private static final int MOST_ASKS = 3;

  private record Late(Account account, Caller caller, LeaseAnswer answer) {}

  /** Counts what one request asks. */
  private final class Counted extends LeaseClient {
    Counted(BillingClient billing, Journal journal) {
      super(billing, journal, JsonMapper.shared());
    }

    @Override
    LeaseAnswer ask(Ask ask) throws InterruptedException {
      asks++;
      if (asks == MOST_ASKS) {
        onLastAsk.run();
      }
      return super.ask(ask);
    }
  }

  private final Holds holds;
  private final Clock clock;
  private final List<Late> underWay = new ArrayList<>();
  private long nanos;
  private int asks;
  private Runnable onLastAsk = () -> {};

  /** Of the epoch that {@code journal} writes. */
  public SimulatedHolds(BillingClient billing, Journal journal, Clock clock) {
    this.clock = clock;
    this.holds =
        new Holds(new Counted(billing, journal), SETTINGS, new SimpleMeterRegistry(), clock);
  }

  /**
   * Takes the worst case, asking billing where that must be.
   *
   * @param impatient gives up before billing's answer is heard, which then comes later
   * @return null if it was refused
   */
  public @Nullable Hold take(Caller caller, WorstCase worst, boolean impatient) {
    nanos += TICK;
    Account account =
        holds
            .accounts()
            .computeIfAbsent(
                caller.organizationId(),
                id -> new Account(id, SETTINGS, clock, () -> nanos, () -> {}));
    return switch (account.attempt(caller, worst)) {
      case Attempt.Taken(Hold hold, Map<Scope, BigInteger> low) -> {
        if (!low.isEmpty() && account.beginRefill(caller)) {
          BigInteger amount = BigInteger.valueOf(worst.amount().value());
          keep(account, caller, new LeaseClient.Ask(caller, low, account.slice(amount)));
        }
        yield hold;
      }
      case Attempt.Denied ignored -> null;
      case Attempt.Lacking ignored -> await(account, caller, worst, impatient);
    };
  }

  private @Nullable Hold await(Account account, Caller caller, WorstCase worst, boolean impatient) {
    var future = new CompletableFuture<Hold>();
    asks = 0;
    onLastAsk = () -> future.cancel(false);
    if (!account.await(caller, new Account.Waiter(worst, future))) {
      underWay.stream()
          .filter(late -> late.account == account && late.caller.equals(caller))
          .findFirst()
          .ifPresent(this::hear); // it is this one that everybody waits for
    } else if (impatient) {
      LeaseClient.Ask ask = account.serve(caller);
      future.cancel(false);
      if (ask != null) {
        keep(account, caller, ask);
      }
    } else {
      new LeaseAsk(holds, account, caller).run(null);
    }
    onLastAsk = () -> {};
    if (!future.isDone()) {
      throw new AssertionError("a request for which nobody asks");
    }
    return future.isCompletedExceptionally() ? null : future.join();
  }

  private void keep(Account account, Caller caller, LeaseClient.Ask ask) {
    try {
      underWay.add(new Late(account, caller, holds.askBilling(ask)));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** An answer that was under way is heard; nothing if there is none. */
  public void hear(int which) {
    if (!underWay.isEmpty()) {
      asks = 0;
      hear(underWay.get(which % underWay.size()));
    }
  }

  private void hear(Late late) {
    underWay.remove(late);
    switch (late.answer) {
      case LeaseAnswer.Lent lent -> late.account.on(late.caller, lent);
      case LeaseAnswer.Exhausted denied -> late.account.on(denied);
      case LeaseAnswer.Over ignored -> late.account.fail(late.caller);
      case LeaseAnswer.Away ignored -> late.account.fail(late.caller);
    }
    new LeaseAsk(holds, late.account, late.caller).run(null);
  }

  /** One heartbeat; {@code all}: everything that is not held is given back. */
  public void sync(boolean all) {
    nanos += TICK;
    try {
      holds.sync(all);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Throws where more of a lease is used than was granted. */
  public void check() {
    for (Account account : holds.accounts().values()) {
      for (Slice slice : account.slices().values()) {
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
}
