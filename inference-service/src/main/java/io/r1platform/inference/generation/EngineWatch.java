package io.r1platform.inference.generation;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Sees that the engine's thread does not come back, which nobody in that thread can. It counts its
 * looks, not the time: a machine that slept makes no engine hang.
 */
final class EngineWatch implements Runnable {
  private static final int LOOKS = 60;

  private final EngineThread engineThread;
  private final Duration pause;
  private final CountDownLatch stopped = new CountDownLatch(1);

  EngineWatch(EngineThread engineThread, Duration longest) {
    this.engineThread = engineThread;
    this.pause = longest.dividedBy(LOOKS);
  }

  /** Makes the thread end soon. */
  void stop() {
    stopped.countDown();
  }

  @Override
  public void run() {
    long turns = 0;
    int unchanged = 0;
    try {
      while (!stopped.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
        long now = engineThread.turns();
        unchanged = engineThread.engine() == null || now != turns ? 0 : unchanged + 1;
        turns = now;
        if (unchanged == LOOKS) {
          engineThread.giveUp("The engine's thread does not come back");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
