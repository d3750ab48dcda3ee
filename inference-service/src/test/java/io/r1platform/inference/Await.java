package io.r1platform.inference;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/** Waits for what other threads or processes do. */
final class Await {
  private static final Duration LONGEST = Duration.ofMinutes(2);

  private Await() {}

  static void until(String what, Callable<Boolean> condition) {
    Awaitility.await(what).atMost(LONGEST).pollInterval(Duration.ofMillis(20)).until(condition);
  }
}
