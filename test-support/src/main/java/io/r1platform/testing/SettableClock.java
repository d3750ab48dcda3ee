package io.r1platform.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/** A UTC clock that stands still until a test moves it. Safe for use by many threads. */
public final class SettableClock extends Clock {
  private final AtomicReference<Instant> now;

  /** A clock that shows {@code start} until it is moved. */
  public SettableClock(Instant start) {
    now = new AtomicReference<>(start);
  }

  /** Moves the clock forward (or, with a negative duration, back). */
  public void advance(Duration by) {
    now.updateAndGet(instant -> instant.plus(by));
  }

  /** Sets the clock. */
  public void set(Instant instant) {
    now.set(instant);
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return Clock.fixed(now.get(), zone);
  }

  @Override
  public Instant instant() {
    return now.get();
  }
}
