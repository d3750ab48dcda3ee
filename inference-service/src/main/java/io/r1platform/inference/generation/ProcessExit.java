package io.r1platform.inference.generation;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.stereotype.Component;

/**
 * Ends this process with 70, once: what is broken cannot come back in it; whoever started it starts
 * it again. What hangs may also keep the process from ending in order, so that has a time limit.
 */
@Component
final class ProcessExit {
  private static final int ENGINE_DIED = 70;
  private static final Duration LONGEST = Duration.ofSeconds(20);

  private final ConfigurableApplicationContext context;
  private final AtomicBoolean begun = new AtomicBoolean();

  ProcessExit(ConfigurableApplicationContext context) {
    this.context = context;
  }

  /** Whether the process is on its way out. */
  boolean begun() {
    return begun.get();
  }

  /** Returns at once. */
  void begin() {
    if (!begun.compareAndSet(false, true)) {
      return;
    }
    try {
      Thread.ofPlatform().daemon().name("r1-halt").start(ProcessExit::haltLater);
      Thread.ofPlatform().name("r1-exit").start(this::exitInOrder);
    } catch (Throwable e) { // without memory for a thread there is no order to keep
      Runtime.getRuntime().halt(ENGINE_DIED);
    }
  }

  private void exitInOrder() {
    System.exit(SpringApplication.exit(context, () -> ENGINE_DIED));
  }

  private static void haltLater() {
    LockSupport.parkNanos(LONGEST.toNanos());
    Runtime.getRuntime().halt(ENGINE_DIED);
  }
}
