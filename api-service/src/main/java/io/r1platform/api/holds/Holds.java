package io.r1platform.api.holds;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.BudgetsChanged;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.observability.Metric;
import java.math.BigInteger;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Whether a request may still be paid for. Mostly answered from memory; where a slice is spent,
 * billing is asked while the request waits. Without billing's heartbeat nothing is admitted.
 */
@Component
public class Holds implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(Holds.class);
  private static final int MOST_IN_SYNC = 10_000;

  private final LeaseClient billing;
  private final HoldSettings settings;
  private final Clock clock;
  private final MeterRegistry meters;
  private final Map<Long, Account> accounts = new ConcurrentHashMap<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicReference<String> trouble = new AtomicReference<>("");
  private volatile @Nullable Heartbeat heartbeat;
  private volatile long heardNanos;
  private volatile int awake;
  private volatile boolean over;
  private volatile boolean accepting;

  Holds(LeaseClient billing, HoldSettings settings, MeterRegistry meters, Clock clock) {
    this.billing = billing;
    this.settings = settings;
    this.meters = meters;
    this.clock = clock;
    meters.gauge(Metric.HOLDS_OPEN.id(), this, Holds::openHolds);
  }

  /**
   * Takes the worst case from every scope that binds the caller. The future fails with 402
   * insufficient_balance, budget_exceeded or budget_held, or with 503 metering_unavailable when
   * billing cannot be asked in time. Every hold must be settled or released, also one that comes
   * when nobody wants it any more.
   */
  public CompletableFuture<Hold> take(Caller caller, WorstCase worst) {
    if (!isServing()) {
      return refused(Refusal.unavailable());
    }
    Account account = accounts.get(caller.organizationId());
    if (account == null || account.isResting()) {
      if (awake >= settings.maxOrganizations()) {
        return refused(Refusal.unavailable());
      }
      account = accounts.computeIfAbsent(caller.organizationId(), this::account);
    }
    return switch (account.attempt(caller, worst)) {
      case Attempt.Taken(Hold hold, var low) -> {
        if (!low.isEmpty() && account.beginRefill(caller)) {
          BigInteger amount = BigInteger.valueOf(worst.amount().value());
          ask(account, caller, new LeaseClient.Ask(caller, low, account.slice(amount)));
        }
        yield CompletableFuture.completedFuture(hold);
      }
      case Attempt.Denied(Refusal refusal) -> refused(refusal.of(worst));
      case Attempt.Lacking ignored -> await(account, caller, worst);
    };
  }

  /**
   * What this replica has leased for a caller and holds for no request, pico, by the name of the
   * scope. Reserves nothing.
   */
  public Map<String, BigInteger> room(Caller caller) {
    Account account = accounts.get(caller.organizationId());
    return account == null ? Map.of() : account.room(caller);
  }

  private Account account(long organization) {
    return new Account(organization, settings, clock, System::nanoTime, this::wake);
  }

  private CompletableFuture<Hold> await(Account account, Caller caller, WorstCase worst) {
    if (waiting.incrementAndGet() > settings.maxWaiting()) {
      waiting.decrementAndGet();
      return refused(Refusal.unavailable());
    }
    CompletableFuture<Hold> future =
        new CompletableFuture<Hold>()
            .orTimeout(settings.askWait().toMillis(), TimeUnit.MILLISECONDS);
    if (account.await(caller, new Account.Waiter(worst, future))) {
      ask(account, caller, null);
    }
    var result = new CompletableFuture<Hold>();
    var _ =
        future.whenComplete(
            (hold, failure) -> {
              waiting.decrementAndGet();
              if (hold != null) {
                result.complete(hold);
              } else {
                result.completeExceptionally(counted(failure));
              }
            });
    return result;
  }

  private ServiceException counted(Throwable failure) {
    ServiceException why = failure instanceof ServiceException ours ? ours : Refusal.unavailable();
    count(why);
    return why;
  }

  private CompletableFuture<Hold> refused(ServiceException why) {
    count(why);
    return CompletableFuture.failedFuture(why);
  }

  private void count(ServiceException why) {
    String scope = why.code() == ErrorCode.METERING_UNAVAILABLE ? "unavailable" : why.param();
    meters.counter(Metric.HOLD_REFUSALS.id(), "scope", String.valueOf(scope)).increment();
  }

  /** Asks until nobody waits; one thread for each caller at most. */
  private void ask(Account account, Caller caller, LeaseClient.@Nullable Ask first) {
    Thread.ofVirtual()
        .name("lease-ask")
        .start(() -> new LeaseAsk(this, account, caller).run(first));
  }

  LeaseAnswer askBilling(LeaseClient.Ask ask) throws InterruptedException {
    LeaseAnswer answer = billing.ask(ask);
    String outcome =
        switch (answer) {
          case LeaseAnswer.Lent ignored -> "lent";
          case LeaseAnswer.Exhausted ignored -> "exhausted";
          case LeaseAnswer.Over ignored -> "over";
          case LeaseAnswer.Away(String why) -> {
            troubled("billing cannot be asked for room: " + why);
            yield "away";
          }
        };
    meters.counter(Metric.LEASE_ASKS.id(), "outcome", outcome).increment();
    if (answer instanceof LeaseAnswer.Over) {
      over = true;
      log.error("billing says that this replica's epoch is over: nothing more is admitted");
    }
    return answer;
  }

  /** One heartbeat: says what is given back, hears what changed. False if nothing was heard. */
  boolean sync() throws InterruptedException {
    return sync(!accepting);
  }

  /** The same; {@code all}: not only what was long unused is given back, but all that is free. */
  boolean sync(boolean all) throws InterruptedException {
    boolean heard = true;
    var some = accounts.values().stream().filter(account -> !account.isResting()).toList();
    for (int from = 0; from == 0 || from < some.size(); from += MOST_IN_SYNC) {
      heard &= sync(some.subList(from, Math.min(some.size(), from + MOST_IN_SYNC)), all);
    }
    awake = some.size();
    meters.counter(Metric.LEASE_SYNCS.id(), "heard", Boolean.toString(heard)).increment();
    if (heard) {
      heardNanos = System.nanoTime();
      if (!trouble.getAndSet("").isEmpty()) {
        log.info("budgets can be asked again");
      }
    } else {
      troubled("billing does not answer the heartbeat");
    }
    return heard;
  }

  private boolean sync(List<Account> some, boolean all) throws InterruptedException {
    Map<Long, BigInteger> returns = new HashMap<>();
    Map<Long, Long> watch = new HashMap<>();
    for (Account account : some) {
      account.giveBack(all);
      account.untold(returns, MOST_IN_SYNC);
      if (account.version() >= 0) {
        watch.put(account.organization(), account.version());
      }
    }
    LeaseClient.Synced synced = billing.sync(returns, watch);
    if (synced == null) {
      return false;
    }
    Set<Long> recalled = Set.copyOf(synced.recalled());
    boolean more = false;
    for (Account account : some) {
      account.told(returns);
      Long version = synced.changed().get(account.organization());
      if (version != null) {
        account.changed(version);
      }
      more |= account.recall(recalled);
      account.rest();
    }
    if (more) {
      wake();
    }
    return true;
  }

  /** Hears from billing at once what an order has changed, not with the next heartbeat. */
  @EventListener
  void on(BudgetsChanged event) {
    Account account = accounts.get(event.organizationId());
    if (account != null && !account.isResting()) {
      wake();
    }
  }

  private void troubled(String why) {
    if (trouble.getAndSet(why).isEmpty()) {
      log.warn("{}; slices are spent, then requests are refused", why);
    }
  }

  private void wake() {
    Heartbeat beats = heartbeat;
    if (beats != null) {
      beats.wake();
    }
  }

  /** Whether a request could be admitted. */
  public boolean isServing() {
    return accepting && !over && System.nanoTime() - heardNanos < settings.silence().toNanos();
  }

  /** Requests whose worst case is held. */
  public long openHolds() {
    return accounts.values().stream().mapToLong(Account::open).sum();
  }

  /** What is wrong with the way to billing; empty if nothing. */
  String trouble() {
    return trouble.get();
  }

  Map<Long, Account> accounts() {
    return accounts;
  }

  @Override
  public void start() {
    heardNanos = System.nanoTime();
    accepting = true;
    var beats = new Heartbeat(this, settings.syncEvery());
    heartbeat = beats;
    beats.start();
  }

  /** Everything that is not held is given back; what is held stays until the epoch is closed. */
  @Override
  public void stop() {
    accepting = false;
    Heartbeat beats = heartbeat;
    if (beats != null) {
      beats.stop();
    }
    heartbeat = null;
  }

  @Override
  public boolean isRunning() {
    return heartbeat != null;
  }

  /** After the journal, whose epoch leases belong to; before the relay, which fills them. */
  @Override
  public int getPhase() {
    return 500;
  }
}
