package io.r1platform.api.holds;

import io.r1platform.api.keys.Caller;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What this replica may spend of one organization: its slices, which scopes bind, what was denied a
 * moment ago and who waits for an answer. One lock, held for memory work only, so that a hold is
 * taken from every scope or from none.
 */
final class Account {
  private static final int MOST_BINDINGS = 20_000;
  private static final long UNKNOWN = -1;

  private record Denial(Refusal refusal, long nanos) {}

  /** What billing said of a scope under one version: its lease, or that no hard budget binds. */
  private record Binding(@Nullable Slice slice, long version) {
    @Nullable Slice sliceAt(Instant now) {
      return slice == null || slice.isOver(now) ? null : slice;
    }

    boolean isKnown(long current, Instant now) {
      return version == current && (slice == null || !slice.isOver(now));
    }
  }

  /** A request that waits for billing's answer. */
  record Waiter(WorstCase worst, CompletableFuture<Hold> future) {}

  private final long organization;
  private final HoldSettings settings;
  private final Clock clock;
  private final LongSupplier nanos;
  private final Runnable onReturn;
  private final Map<Long, Slice> slices = new HashMap<>();
  private final Map<Scope.At, Binding> bindings = new HashMap<>();
  private final Map<Scope.At, Denial> denials = new HashMap<>();
  private final Map<Caller, Deque<Waiter>> asking = new HashMap<>();
  private long version = UNKNOWN;
  private long open;
  private volatile boolean resting;

  Account(
      long organization,
      HoldSettings settings,
      Clock clock,
      LongSupplier nanos,
      Runnable onReturn) {
    this.organization = organization;
    this.settings = settings;
    this.clock = clock;
    this.nanos = nanos;
    this.onReturn = onReturn;
  }

  long organization() {
    return organization;
  }

  /** Takes the hold from every scope that binds, or from none. */
  synchronized Attempt attempt(Caller caller, WorstCase worst) {
    resting = false;
    BigInteger amount = BigInteger.valueOf(worst.amount().value());
    Instant now = clock.instant();
    var taken = new EnumMap<Scope, Slice>(Scope.class);
    var need = new EnumMap<Scope, BigInteger>(Scope.class);
    boolean known = true;
    Refusal refusal = null;
    for (Scope scope : Scope.values()) {
      Scope.At at = scope.of(caller);
      Binding binding = bindings.get(at);
      Slice slice = binding == null ? null : binding.sliceAt(now);
      boolean told = binding != null && binding.isKnown(version, now);
      if (told && slice == null) {
        continue;
      }
      BigInteger missing = slice == null ? amount : amount.subtract(slice.room());
      Refusal denied = denied(at, slice, missing);
      if (denied != null) {
        refusal = Refusal.stricter(refusal, denied);
      }
      known &= told;
      need.put(scope, missing.max(BigInteger.ZERO));
      if (slice != null) {
        taken.put(scope, slice);
      }
    }
    if (refusal != null) {
      return new Attempt.Denied(refusal);
    }
    if (!known || need.values().stream().anyMatch(missing -> missing.signum() > 0)) {
      return new Attempt.Lacking(need);
    }
    long tick = nanos.getAsLong();
    taken.values().forEach(slice -> slice.hold(amount, tick));
    open++;
    return new Attempt.Taken(new Hold(this, taken, worst.amount()), low(taken, amount));
  }

  /** What could be held at once in each scope that has a slice. */
  synchronized Map<String, BigInteger> room(Caller caller) {
    Instant now = clock.instant();
    var room = new HashMap<String, BigInteger>();
    for (Scope scope : Scope.values()) {
      Binding binding = bindings.get(scope.of(caller));
      Slice slice = binding == null ? null : binding.sliceAt(now);
      if (slice != null) {
        room.put(scope.wire(), slice.room());
      }
    }
    return room;
  }

  private @Nullable Refusal denied(Scope.At at, @Nullable Slice slice, BigInteger missing) {
    if (missing.signum() <= 0) {
      return null;
    }
    Denial denial = denials.get(at);
    if (denial == null) {
      return null;
    }
    if (nanos.getAsLong() - denial.nanos >= settings.denialFor().toNanos()) {
      denials.remove(at);
      return null;
    }
    if (missing.compareTo(denial.refusal.left()) <= 0) {
      return null;
    }
    Refusal told = denial.refusal;
    BigInteger own = slice == null ? BigInteger.ZERO : slice.room();
    return new Refusal(at, told.limit(), told.left().add(own), told.unspent(), told.resetsAt());
  }

  private Map<Scope, BigInteger> low(Map<Scope, Slice> taken, BigInteger amount) {
    BigInteger half = slice(amount).shiftRight(1);
    var low = new EnumMap<Scope, BigInteger>(Scope.class);
    taken.forEach(
        (scope, slice) -> {
          if (slice.room().compareTo(half) < 0) {
            low.put(scope, amount);
          }
        });
    return low;
  }

  /** What one ask should bring for holds of this size. */
  BigInteger slice(BigInteger amount) {
    return amount.multiply(BigInteger.valueOf(settings.sliceHolds()));
  }

  /** Whether somebody denied any scope of this caller a moment ago. */
  private boolean justDenied(Caller caller) {
    for (Scope scope : Scope.values()) {
      if (isRecent(denials.get(scope.of(caller)))) {
        return true;
      }
    }
    return false;
  }

  private boolean isRecent(@Nullable Denial denial) {
    return denial != null && nanos.getAsLong() - denial.nanos < settings.denialFor().toNanos();
  }

  /** Joins the ask that runs for this caller. True if there was none: the caller of this asks. */
  synchronized boolean await(Caller caller, Waiter waiter) {
    resting = false;
    Deque<Waiter> waiting = asking.get(caller);
    boolean first = waiting == null;
    if (waiting == null) {
      waiting = new ArrayDeque<>();
      asking.put(caller, waiting);
    }
    waiting.add(waiter);
    return first;
  }

  /** Whether more should be leased ahead now; if so the caller of this asks. */
  synchronized boolean beginRefill(Caller caller) {
    if (asking.containsKey(caller) || justDenied(caller)) {
      return false;
    }
    asking.put(caller, new ArrayDeque<>());
    return true;
  }

  /** Serves who waits, in order. What the first of the rest needs; null: nobody waits any more. */
  LeaseClient.@Nullable Ask serve(Caller caller) {
    var served = new LinkedHashMap<Waiter, Attempt>();
    LeaseClient.Ask next = serve(caller, served);
    served.forEach(this::answer); // who waited goes on from here, without the lock
    return next;
  }

  private synchronized LeaseClient.@Nullable Ask serve(Caller caller, Map<Waiter, Attempt> served) {
    var rest = new ArrayDeque<Waiter>();
    LeaseClient.Ask next = null;
    for (Waiter waiter : asking.getOrDefault(caller, new ArrayDeque<>())) {
      if (waiter.future.isDone()) {
        continue;
      }
      Attempt attempt = attempt(caller, waiter.worst);
      if (attempt instanceof Attempt.Lacking(var need)) {
        rest.add(waiter);
        BigInteger amount = BigInteger.valueOf(waiter.worst.amount().value());
        next = next == null ? new LeaseClient.Ask(caller, need, slice(amount)) : next;
      } else {
        served.put(waiter, attempt);
      }
    }
    if (next == null) {
      asking.remove(caller);
    } else {
      asking.put(caller, rest);
    }
    return next;
  }

  private void answer(Waiter waiter, Attempt attempt) {
    if (attempt instanceof Attempt.Denied(Refusal refusal)) {
      waiter.future.completeExceptionally(refusal.of(waiter.worst));
    } else if (attempt instanceof Attempt.Taken taken && !waiter.future.complete(taken.hold())) {
      end(taken.hold(), BigInteger.ZERO);
    }
  }

  /** Billing cannot be asked: who waits is told so. */
  void fail(Caller caller) {
    Deque<Waiter> waiting;
    synchronized (this) {
      waiting = asking.remove(caller);
    }
    if (waiting != null) {
      waiting.forEach(waiter -> waiter.future.completeExceptionally(Refusal.unavailable()));
    }
  }

  /** Takes an answer in. Answers may come in any order: totals only rise, old versions bind not. */
  synchronized void on(Caller caller, LeaseAnswer.Lent lent) {
    resting = false;
    changed(lent.version());
    boolean current = lent.version() == version;
    if (current && bindings.size() > MOST_BINDINGS) {
      bindings.clear();
    }
    var named = new EnumMap<Scope, Slice>(Scope.class);
    for (LeaseAnswer.Lease lease : lent.leases()) {
      Slice slice =
          slices.computeIfAbsent(
              lease.leaseId(), id -> new Slice(id, lease.endsAt(), lease.periodEndsAt()));
      slice.granted(lease.granted());
      if (current) {
        slice.named(nanos.getAsLong(), lease.endsAt());
      }
      named.put(lease.scope(), slice);
    }
    if (current) {
      for (Scope scope : Scope.values()) {
        bindings.put(scope.of(caller), new Binding(named.get(scope), version));
      }
    }
  }

  /** Remembers a denial. */
  synchronized void on(LeaseAnswer.Exhausted denied) {
    changed(denied.version());
    Scope.At at = new Scope.At(denied.scope(), denied.scopeId());
    BigInteger unspent = denied.left().add(denied.leased());
    var refusal = new Refusal(at, denied.limit(), denied.left(), unspent, denied.resetsAt());
    if (denials.size() > MOST_BINDINGS) {
      denials.clear();
    }
    denials.put(at, new Denial(refusal, nanos.getAsLong()));
  }

  /** Billing's budgets changed: what binds must be asked again, what was denied is forgotten. */
  synchronized void changed(long latest) {
    if (latest > version) {
      version = latest;
      denials.clear();
    }
  }

  /** Gives leases back as far as nobody holds them, now and as holds end. */
  synchronized boolean recall(Set<Long> leases) {
    boolean back = false;
    for (Slice slice : slices.values()) {
      if (leases.contains(slice.leaseId())) {
        slice.recall();
        denials.clear();
        back |= slice.giveBack();
      }
    }
    return back;
  }

  /**
   * Forgets what binds where nothing is open, asked for, free or untold: billing need not tell of
   * changes until the next request asks anew. The totals of leases stay, see {@link Slice}.
   */
  synchronized void rest() {
    if (open > 0
        || !asking.isEmpty()
        || slices.values().stream().anyMatch(slice -> slice.free().signum() > 0 || slice.isUntold())
        || denials.values().stream().anyMatch(this::isRecent)) {
      return;
    }
    bindings.clear();
    denials.clear();
    resting = true;
  }

  boolean isResting() {
    return resting;
  }

  /** Gives back what was long unused, or everything that is not held. Forgets ended periods. */
  synchronized void giveBack(boolean all) {
    Instant now = clock.instant();
    long tick = nanos.getAsLong();
    for (Slice slice : slices.values()) {
      if (all || slice.isOver(now) || slice.isIdle(tick, settings.idleAfter().toNanos())) {
        slice.giveBack();
      }
    }
    slices.values().removeIf(slice -> slice.isDone(now));
  }

  /** Adds what billing has not been told of, at most {@code room} leases. */
  synchronized void untold(Map<Long, BigInteger> returns, int room) {
    for (Slice slice : slices.values()) {
      if (slice.isUntold() && returns.size() < room) {
        returns.put(slice.leaseId(), slice.returned());
      }
    }
  }

  synchronized void told(Map<Long, BigInteger> returns) {
    slices.forEach(
        (lease, slice) -> {
          BigInteger total = returns.get(lease);
          if (total != null) {
            slice.told(total);
          }
        });
  }

  synchronized void end(Hold hold, BigInteger charge) {
    if (!hold.end()) {
      return;
    }
    open--;
    boolean back = false;
    for (Slice slice : hold.slices().values()) {
      slice.settle(hold.amount(), charge);
      back |= slice.isRecalled() && slice.giveBack();
    }
    if (back) {
      onReturn.run();
    }
  }

  synchronized void shrink(Hold hold, BigInteger worst) {
    BigInteger less = hold.amount().subtract(worst);
    if (hold.isOpen() && less.signum() > 0) {
      hold.slices().values().forEach(slice -> slice.shrink(less));
      hold.amount(worst);
    }
  }

  synchronized long version() {
    return version;
  }

  synchronized long open() {
    return open;
  }

  synchronized int sliceCount() {
    return slices.size();
  }

  /** For tests: the slices by lease id. */
  synchronized Map<Long, Slice> slices() {
    return Map.copyOf(slices);
  }
}
