package io.r1platform.standalone.processes;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waiting for something outside this JVM that can only be looked at. */
public final class Await {
  private static final Duration LOOK_EVERY = Duration.ofMillis(100);
  private static final CountDownLatch NEVER = new CountDownLatch(1);

  private Await() {}

  /**
   * Looks ten times a second until {@code condition} holds or {@code limit} has passed.
   *
   * @return whether it came to hold; false also if the thread was interrupted, which it stays
   */
  public static boolean until(Duration limit, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start >= limit.toNanos() || !pause(LOOK_EVERY)) {
        return false;
      }
    }
    return true;
  }

  /** Waits; false if the thread was interrupted, which it stays. */
  public static boolean pause(Duration time) {
    try {
      return !NEVER.await(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
