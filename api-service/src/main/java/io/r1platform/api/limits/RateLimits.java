package io.r1platform.api.limits;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.observability.Metric;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Whether a request may run now. Mostly answered from memory; where a slice is used up, PostgreSQL
 * is asked while the request waits, for all that wait at once. While it cannot be asked, nothing
 * passes beyond the slices that are here.
 */
@Component
public class RateLimits implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(RateLimits.class);
  private static final int MOST_IN_ASK = 500;
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(50);
  private static final Duration NOT_AT_ALL = Duration.ofNanos(-1);
  private static final Duration LAST_WAIT = Duration.ofSeconds(3);

  private final LimitSets sets;
  private final SharedLimits shared;
  private final LimitSettings settings;
  private final MeterRegistry meters;
  private final Refusals refusals;
  private final Map<Long, OrganizationLimits> organizations = new ConcurrentHashMap<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final Semaphore news = new Semaphore(0);
  private final Executor tellers =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("limit-", 0).factory());
  private @Nullable Thread thread;
  private volatile boolean accepting;
  private volatile boolean over;
  private boolean troubled;

  RateLimits(
      LimitSets sets,
      SharedLimits shared,
      LimitSettings settings,
      MeterRegistry meters,
      Refusals refusals) {
    this.sets = sets;
    this.shared = shared;
    this.settings = settings;
    this.meters = meters;
    this.refusals = refusals;
  }

  /**
   * Takes one request and its prompt from every limit above the caller, or from none. The future
   * fails with 429 rate_limit_exceeded, concurrency_exceeded or queue_full, or with 503
   * metering_unavailable while PostgreSQL cannot be asked. Every pass must be ended.
   *
   * @param promptTokens as far as they are known; {@link Pass#settle} mends them
   */
  public CompletableFuture<Pass> take(Caller caller, int modelId, int promptTokens) {
    return take(caller, sets.above(caller, modelId), promptTokens);
  }

  /** The same for a request that generates nothing: it counts, and takes nothing else. */
  public CompletableFuture<Pass> count(Caller caller, int modelId) {
    List<Limit> limits = sets.above(caller, modelId);
    return take(caller, limits.stream().filter(l -> l.on().kind() == Kind.REQUESTS).toList(), 0);
  }

  private CompletableFuture<Pass> take(Caller caller, List<Limit> limits, int promptTokens) {
    if (limits.isEmpty()) {
      return CompletableFuture.completedFuture(Pass.FREE);
    }
    if (over || !accepting) {
      return CompletableFuture.failedFuture(refusals.unavailable());
    }
    var wanted = new OrganizationLimits.Wanted(limits, promptTokens);
    OrganizationLimits own = of(caller);
    return switch (own.attempt(wanted, System.nanoTime())) {
      case OrganizationLimits.Taken(Pass pass) ->
          CompletableFuture.completedFuture(pass.telling(this::wake));
      case OrganizationLimits.Refused(Bucket by, Duration wait) ->
          CompletableFuture.failedFuture(refusals.of(caller, by, wait));
      case OrganizationLimits.Lacking ignored -> await(caller, own, wanted);
    };
  }

  private OrganizationLimits of(Caller caller) {
    return organizations.computeIfAbsent(
        caller.organizationId(), id -> new OrganizationLimits(settings));
  }

  private CompletableFuture<Pass> await(
      Caller caller, OrganizationLimits own, OrganizationLimits.Wanted wanted) {
    if (waiting.incrementAndGet() > settings.maxWaiting()) {
      waiting.decrementAndGet();
      return CompletableFuture.failedFuture(refusals.unavailable());
    }
    var attempt = new CompletableFuture<OrganizationLimits.Attempt>();
    long until = System.nanoTime() + settings.patience().toNanos();
    own.await(new OrganizationLimits.Waiter(wanted, until, attempt));
    wake();
    var result = new CompletableFuture<Pass>();
    var _ =
        attempt
            .orTimeout(settings.askWait().toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete(
                (decided, late) -> {
                  waiting.decrementAndGet();
                  switch (decided) {
                    case OrganizationLimits.Taken(Pass pass) ->
                        result.complete(pass.telling(this::wake));
                    case OrganizationLimits.Refused(Bucket by, Duration wait) ->
                        result.completeExceptionally(refusals.of(caller, by, wait));
                    case null, default -> result.completeExceptionally(refusals.unavailable());
                  }
                });
    return result;
  }

  /**
   * What the headers of an answer say: limit, what remains of it and when it is whole again, for
   * requests and tokens, each of the limit of which the least remains. Empty where there is none,
   * or nothing is known of it here.
   */
  public Map<String, String> headers(Caller caller, int modelId) {
    List<Limit> limits =
        sets.above(caller, modelId).stream().filter(l -> l.on().kind().isRate()).toList();
    OrganizationLimits own = organizations.get(caller.organizationId());
    if (limits.isEmpty() || own == null) {
      return Map.of();
    }
    long now = System.nanoTime();
    Map<String, String> headers = new LinkedHashMap<>();
    List<RateHeaders> known = own.look(limits, bucket -> RateHeaders.of((Rate) bucket, now));
    RateHeaders.write(known, headers);
    return headers;
  }

  /** How all limits above a caller stand, read from the database. Blocks. */
  public List<LimitStanding> standings(Caller caller) {
    return LimitStanding.all(sets.allAbove(caller), shared.standings(caller));
  }

  private void wake() {
    if (news.availablePermits() == 0) {
      news.release();
    }
  }

  private void syncUntilStopped() {
    try {
      while (accepting) {
        boolean waits = syncOrComplain();
        long pause = (waits ? BETWEEN_TRIES : settings.syncEvery()).toNanos();
        if (news.tryAcquire(pause, TimeUnit.NANOSECONDS)) {
          news.drainPermits();
        }
      }
      sync(NOT_AT_ALL); // all that is not in use goes back
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      shared.close();
    }
  }

  /** Whatever goes wrong, the next look must come: without this thread nobody passes any more. */
  private boolean syncOrComplain() {
    try {
      return sync(settings.idleAfter());
    } catch (RuntimeException | Error e) {
      log.error("limits were not shared, trying again", e);
      return false;
    }
  }

  /** One look at everything. Returns whether a request still waits. */
  private boolean sync(Duration idleAfter) {
    long now = System.nanoTime();
    Map<Bucket.Ask, OrganizationLimits> asks = new LinkedHashMap<>();
    for (OrganizationLimits own : organizations.values()) {
      own.asks(now, idleAfter).forEach(ask -> asks.put(ask, own));
    }
    List<Bucket.Ask> all = new ArrayList<>(asks.keySet());
    boolean heard = true;
    for (int from = 0; from < all.size(); from += MOST_IN_ASK) {
      heard &= ask(all.subList(from, Math.min(all.size(), from + MOST_IN_ASK)), asks);
    }
    boolean waits = false;
    for (Map.Entry<Long, OrganizationLimits> entry : organizations.entrySet()) {
      if (heard) {
        entry.getValue().decided(System.nanoTime()).forEach(this::tell);
      }
      waits |= entry.getValue().hasWaiters();
    }
    return waits;
  }

  /** Tells on another thread, since what follows is not this one's matter. */
  private void tell(OrganizationLimits.Decided decided) {
    tellers.execute(
        () -> {
          boolean late = !decided.waiter().future().complete(decided.attempt());
          if (late && decided.attempt() instanceof OrganizationLimits.Taken(Pass pass)) {
            pass.cancel();
          }
        });
  }

  private boolean ask(List<Bucket.Ask> some, Map<Bucket.Ask, OrganizationLimits> owners) {
    List<Bucket.Answer> answers = List.of();
    try {
      answers = shared.ask(some);
      over |= answers.isEmpty();
      if (troubled) {
        log.info("limits can be shared again");
      }
      troubled = false;
    } catch (SQLException | RuntimeException e) {
      if (!troubled) {
        log.warn("limits cannot be shared; slices are used up, then requests are refused", e);
      }
      troubled = true;
    }
    boolean heard = answers.size() == some.size();
    meters.counter(Metric.LIMIT_SYNCS.id(), "heard", Boolean.toString(heard)).increment();
    long now = System.nanoTime();
    for (int i = 0; i < some.size(); i++) {
      Bucket.Ask ask = some.get(i);
      OrganizationLimits owner = java.util.Objects.requireNonNull(owners.get(ask));
      owner.answered(ask, heard ? answers.get(i) : null, now);
    }
    return heard;
  }

  @Scheduled(fixedDelayString = "1m", initialDelayString = "1m")
  void forgetUnused() {
    organizations.values().forEach(own -> own.forgetUnused(System.nanoTime()));
  }

  @Scheduled(fixedDelayString = "1h", initialDelayString = "10m")
  void sweep() {
    shared.sweep();
  }

  @Override
  public void start() {
    accepting = true;
    thread = Thread.ofPlatform().name("limits").daemon().start(this::syncUntilStopped);
  }

  @Override
  public void stop() {
    accepting = false;
    wake();
    Thread running = thread;
    thread = null;
    if (running != null) {
      try {
        running.join(LAST_WAIT);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public boolean isRunning() {
    return thread != null;
  }

  /** After the journal, whose epoch leases belong to; before the relay, which fills them. */
  @Override
  public int getPhase() {
    return 500;
  }
}
