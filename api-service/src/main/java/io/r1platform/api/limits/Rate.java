package io.r1platform.api.limits;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Requests or tokens a minute: a bucket of one minute's worth that fills evenly. Tokens that are
 * generated are owed without a lock, and the bucket may go into debt for them.
 */
final class Rate extends Bucket {
  /** Parts of a request or token: a limit a minute times microseconds is what flows in. */
  static final long UNIT = 60_000_000;

  private static final long SECONDS_A_MINUTE = 60;
  private static final long NANOS_A_MICRO = 1_000;

  private final LongAdder owed = new LongAdder();
  private final AtomicInteger open = new AtomicInteger();
  private final Duration denialFor;
  private long room;
  private long onTheWay;
  private long level;
  private long toldAt;
  private long usedSinceAsked;
  private boolean outdated;
  private boolean told;

  Rate(Limit limit, Duration denialFor, long now) {
    super(limit, now);
    this.denialFor = denialFor;
    this.level = limit.most() * UNIT;
    this.toldAt = now;
  }

  /** Tokens that came, or, below 0, were counted in vain. Without any lock. */
  void owe(long tokens) {
    owed.add(tokens);
  }

  /** A request may owe to it from now on, until it is {@link #closed}. */
  void opened() {
    open.incrementAndGet();
  }

  void closed() {
    open.decrementAndGet();
  }

  private void drain(long now) {
    long tokens = owed.sumThenReset();
    room -= tokens;
    if (tokens > 0) {
      usedSinceAsked += tokens;
      used(now);
    }
  }

  @Override
  boolean hasRoom() {
    return !outdated && room - owed.sum() >= 1;
  }

  @Override
  void take(long amount, long now) {
    room -= amount;
    usedSinceAsked += amount;
    used(now);
  }

  @Override
  @Nullable Ask ask(long now, Duration idleAfter) {
    drain(now);
    boolean idle = waiting() == 0 && isIdle(now, idleAfter);
    boolean stale = !idle && now - toldAt > idleAfter.toNanos(); // the headers tell of it
    long useful = Math.max(2 * usedSinceAsked, most() / SECONDS_A_MINUTE);
    long spare = stale && waiting() == 0 ? Math.max(0, room - useful) : 0;
    long give = room < 0 || idle || outdated ? room : spare;
    long kept = room - give;
    long need =
        waiting() == 0 ? 0 : Math.max(0, (on.kind() == Kind.REQUESTS ? waiting() : 1) - kept);
    boolean low = !idle && usedSinceAsked > 0 && kept < usedSinceAsked;
    long wish = low || need > 0 ? Math.max(need, useful - kept) : 0;
    usedSinceAsked = 0;
    if (give == 0 && need == 0 && wish == 0 && !stale) {
      return null;
    }
    room = kept;
    onTheWay = give;
    outdated = false;
    return new Ask(this, most(), version(), give, 0, need, wish);
  }

  @Override
  void answered(Ask ask, Answer answer, long now) {
    onTheWay = 0;
    room += answer.granted();
    level = answer.level();
    toldAt = now;
    told = true;
    if (answer.granted() < ask.need()) {
      deny(now + Math.min(denialFor.toNanos(), untilOne(now).toNanos()));
    }
  }

  /** What went back may be lost; a debt is told again. A minute mends the one or the other. */
  @Override
  void unheard(Ask ask) {
    room += Math.min(0, onTheWay);
    onTheWay = 0;
  }

  @Override
  void changed() {
    outdated = true;
  }

  /** All units that are free as far as this replica knows. */
  private long free(long now) {
    long most = most() * UNIT;
    long passedMicros = Math.min((now - toldAt) / NANOS_A_MICRO, longestMicros());
    long shared = Math.min(most, level + Math.max(0, passedMicros) * most());
    return Math.min(most, shared + (room + onTheWay - owed.sum()) * UNIT);
  }

  /** After so long the shared bucket is full, however deep the debt. */
  private long longestMicros() {
    return (most() * UNIT - Math.min(level, 0)) / most() + 1;
  }

  /** Whether anything is known of what is shared. */
  boolean isKnown() {
    return told;
  }

  /** Whole requests or tokens that are free, 0 at least. */
  long remaining(long now) {
    return Math.max(0, Math.floorDiv(free(now), UNIT));
  }

  /** Until it is full again. */
  Duration reset(long now) {
    return Duration.ofNanos((most() * UNIT - free(now)) / most() * NANOS_A_MICRO);
  }

  private Duration untilOne(long now) {
    return Duration.ofNanos(Math.max(0, UNIT - free(now)) / most() * NANOS_A_MICRO + NANOS_A_MICRO);
  }

  @Override
  Duration retryAfter(long now) {
    return untilOne(now);
  }

  @Override
  boolean isEmpty() {
    return open.get() == 0 && room == 0 && owed.sum() == 0 && waiting() == 0;
  }

  @Override
  boolean isSpentHere() {
    return false;
  }
}
