package io.r1platform.api.limits;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What this replica has of all limits of one organization, its projects and keys, and the requests
 * that wait for more. A request takes from all that bind it, or from none. Memory only; guarded by
 * its lock.
 */
final class OrganizationLimits {
  /** A rate is full again after a minute, but for a debt, which the shared bucket knows. */
  private static final Duration FORGET_AFTER = Duration.ofMinutes(1);

  private final LimitSettings settings;
  private final Map<Limit.On, Bucket> buckets = new HashMap<>();
  private final Deque<Waiter> waiters = new ArrayDeque<>();

  /** What a request takes: prompt tokens as far as they are known. */
  record Wanted(List<Limit> limits, long promptTokens) {}

  /** What came of it. */
  sealed interface Attempt permits Taken, Refused, Lacking {}

  /** It passed. */
  record Taken(Pass pass) implements Attempt {}

  /** One limit refuses it. */
  record Refused(Bucket by, Duration retryAfter) implements Attempt {}

  /** Here is not enough, but the shared bucket may have more. */
  record Lacking() implements Attempt {
    private static final Lacking LACKING = new Lacking();
  }

  /** A request that waits, until {@code until} for places that others may give back. */
  record Waiter(Wanted wanted, long until, CompletableFuture<Attempt> future) {}

  /** A waiter that waits no more. */
  record Decided(Waiter waiter, Attempt attempt) {}

  OrganizationLimits(LimitSettings settings) {
    this.settings = settings;
  }

  synchronized Attempt attempt(Wanted wanted, long now) {
    return attempt(wanted, now, false);
  }

  private Attempt attempt(Wanted wanted, long now, boolean lastTime) {
    List<Bucket> all = new ArrayList<>(wanted.limits.size());
    Bucket lacking = null;
    for (Limit limit : wanted.limits) {
      Bucket bucket = buckets.computeIfAbsent(limit.on(), on -> bucket(limit, now));
      bucket.follow(limit);
      if (!bucket.hasRoom()) {
        if (lastTime || bucket.isDenied(now) || bucket.isSpentHere()) {
          return new Refused(bucket, bucket.retryAfter(now));
        }
        lacking = bucket;
      }
      all.add(bucket);
    }
    if (lacking != null) {
      return Lacking.LACKING;
    }
    for (Bucket bucket : all) {
      bucket.take(bucket.on.kind() == Kind.TOKENS ? wanted.promptTokens : 1, now);
    }
    return new Taken(new Pass(this, all, wanted.promptTokens));
  }

  private Bucket bucket(Limit limit, long now) {
    return limit.on().kind().isRate()
        ? new Rate(limit, settings.denialFor(), now)
        : new Places(limit, now);
  }

  /** The same again when more has come; the future is completed by {@link #decided}. */
  synchronized void await(Waiter waiter) {
    waiters.add(waiter);
  }

  synchronized boolean hasWaiters() {
    return !waiters.isEmpty();
  }

  /** All that is to be asked of the shared buckets now; what was unused for so long goes back. */
  synchronized List<Bucket.Ask> asks(long now, Duration idleAfter) {
    waiters.removeIf(waiter -> waiter.future.isDone()); // it has waited too long
    buckets.values().forEach(bucket -> bucket.waiting(0));
    waiters.forEach(waiter -> need(waiter.wanted, now));
    List<Bucket.Ask> asks = new ArrayList<>();
    for (Bucket bucket : buckets.values()) {
      Bucket.Ask ask = bucket.ask(now, idleAfter);
      if (ask != null) {
        asks.add(ask);
      }
    }
    return asks;
  }

  /** Who waits for a place that others have needs no rate yet, and must not take it from others. */
  private void need(Wanted wanted, long now) {
    List<Bucket> all = new ArrayList<>(wanted.limits.size());
    boolean placeless = false;
    for (Limit limit : wanted.limits) {
      Bucket bucket = buckets.computeIfAbsent(limit.on(), on -> bucket(limit, now));
      bucket.follow(limit);
      placeless |= bucket instanceof Places places && places.areTaken();
      all.add(bucket);
    }
    for (Bucket bucket : all) {
      if (bucket instanceof Places || !placeless) {
        bucket.oneMoreWaits();
      }
    }
  }

  synchronized void answered(Bucket.Ask ask, Bucket.@Nullable Answer answer, long now) {
    if (answer == null) {
      ask.bucket().unheard(ask);
    } else {
      ask.bucket().answered(ask, answer, now);
    }
  }

  /** Waiters of whom it is decided now. Who lacks places that others have waits on, for a while. */
  synchronized List<Decided> decided(long now) {
    List<Decided> decided = new ArrayList<>();
    waiters.removeIf(waiter -> waiter.future.isDone());
    for (Iterator<Waiter> all = waiters.iterator(); all.hasNext(); ) {
      Waiter waiter = all.next();
      Attempt attempt = attempt(waiter.wanted, now, waiter.until - now <= 0);
      if (attempt instanceof Refused(Bucket by, Duration ignored) && waiter.until - now <= 0) {
        by.deny(now + settings.denialFor().toNanos());
      }
      if (!(attempt instanceof Lacking)) {
        all.remove();
        decided.add(new Decided(waiter, attempt));
      }
    }
    return decided;
  }

  /** The buckets of these limits, as far as they are here. */
  synchronized <T> List<T> look(List<Limit> limits, Function<Bucket, T> at) {
    List<T> seen = new ArrayList<>();
    long now = System.nanoTime();
    for (Limit limit : limits) {
      Bucket bucket = buckets.computeIfAbsent(limit.on(), on -> bucket(limit, now));
      bucket.follow(limit);
      seen.add(at.apply(bucket));
    }
    return seen;
  }

  /** Frees places. Returns whether somebody waits for them, here or elsewhere. */
  synchronized boolean free(List<Places> places) {
    boolean wanted = !waiters.isEmpty();
    for (Places place : places) {
      wanted |= place.free();
    }
    return wanted;
  }

  /** Gives back what a request took that never ran. */
  synchronized void giveBack(List<Rate> rates, long amount) {
    long now = System.nanoTime();
    rates.forEach(rate -> rate.take(-amount, now));
  }

  /** Forgets what is nowhere in use. */
  synchronized void forgetUnused(long now) {
    buckets.values().removeIf(bucket -> bucket.isEmpty() && bucket.isIdle(now, FORGET_AFTER));
  }
}
