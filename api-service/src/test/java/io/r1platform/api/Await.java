package io.r1platform.api;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waits for what another thread will do, at most 20 seconds. */
public final class Await {
  private static final Duration LONGEST = Duration.ofSeconds(20);

  private Await() {}

  /** Returns when {@code condition} holds; fails when it takes too long. */
  public static void until(String what, BooleanSupplier condition) {
    value(what, () -> condition.getAsBoolean() ? Boolean.TRUE : null);
  }

  /** Returns the first value that is not null; fails when it takes too long. */
  public static <T> T value(String what, Supplier<@Nullable T> source) {
    long end = System.nanoTime() + LONGEST.toNanos();
    while (System.nanoTime() < end) {
      T value = source.get();
      if (value != null) {
        return value;
      }
      LockSupport.parkNanos(5_000_000);
    }
    throw new AssertionError("still waiting for " + what);
  }
}
