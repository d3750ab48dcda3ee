package io.r1platform.api.limits;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Requests at once, or waiting: places that are taken and come back. */
final class Places extends Bucket {
  private static final long SPARE_SHARE = 16;
  private static final Duration SOON = Duration.ofSeconds(1);

  private long granted;
  private long held;
  private long others;
  private boolean shortOf;
  private boolean untold;

  Places(Limit limit, long now) {
    super(limit, now);
  }

  @Override
  boolean hasRoom() {
    return held < Math.min(granted, most());
  }

  @Override
  void take(long amount, long now) {
    held++;
    used(now);
  }

  /** A place that was taken is free again. Returns whether another replica may be told soon. */
  boolean free() {
    held--;
    return shortOf;
  }

  /** What is not in use goes back when it was not used for long, or at once if others lack it. */
  @Override
  @Nullable Ask ask(long now, Duration idleAfter) {
    boolean spares = !shortOf && !isIdle(now, idleAfter);
    long need = held + waiting();
    boolean lacks = waiting() > 0 && need > granted;
    boolean low = spares && held > 0 && granted - held < spare() && granted < most() - others;
    if (!lacks && !low && granted == held && !untold) {
      return null;
    }
    if (!spares || granted > most()) {
      granted = held; // from now on, whatever becomes of the ask
    }
    long wish = spares ? Math.max(granted, need + spare()) : need;
    return new Ask(this, most(), version(), 0, granted, need, wish);
  }

  private long spare() {
    return Math.max(1, most() / SPARE_SHARE);
  }

  @Override
  void answered(Ask ask, Answer answer, long now) {
    granted = ask.version() == version() ? answer.granted() : held;
    others = answer.others();
    shortOf = answer.shortOf();
    untold = ask.version() != version();
  }

  @Override
  void unheard(Ask ask) {
    untold = true;
  }

  @Override
  void changed() {
    granted = held;
    untold = true;
  }

  @Override
  Duration retryAfter(long now) {
    return SOON;
  }

  long held() {
    return held;
  }

  @Override
  boolean isEmpty() {
    return held == 0 && granted == 0 && !untold && waiting() == 0;
  }

  /** All there are, are held here. */
  @Override
  boolean isSpentHere() {
    return held >= most();
  }

  /** All there are, are held here or elsewhere, as far as this replica knows. */
  boolean areTaken() {
    return !hasRoom() && granted + others >= most();
  }

  /** Whether another replica may have places that it does not use. */
  boolean mayComeBack() {
    return others > 0;
  }
}
