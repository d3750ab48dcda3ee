package io.r1platform.api.holds;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Syncs with billing at a steady pace, and soon after something is to be given back. */
final class Heartbeat implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(Heartbeat.class);
  private static final Duration SHORTEST = Duration.ofMillis(20);
  private static final Duration LAST_WAIT = Duration.ofSeconds(12);

  private final Holds holds;
  private final Duration every;
  private final Semaphore news = new Semaphore(0);
  private final Thread thread;
  private volatile boolean stopping;

  Heartbeat(Holds holds, Duration every) {
    this.holds = holds;
    this.every = every;
    this.thread = Thread.ofVirtual().name("lease-sync").unstarted(this);
  }

  void start() {
    thread.start();
  }

  void wake() {
    if (news.availablePermits() == 0) {
      news.release();
    }
  }

  /** Syncs once more, so that what is given back at the end is heard. */
  void stop() {
    stopping = true;
    wake();
    try {
      thread.join(LAST_WAIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void run() {
    try {
      while (!stopping) {
        beat();
        if (news.tryAcquire(every.toNanos(), TimeUnit.NANOSECONDS)) {
          news.drainPermits();
          Thread.sleep(SHORTEST);
        }
      }
      beat();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A beat that fails, whatever for, is a beat that was not heard: the next one follows. */
  private void beat() throws InterruptedException {
    try {
      holds.sync();
    } catch (RuntimeException e) {
      log.warn("no lease heartbeat", e);
    }
  }
}
