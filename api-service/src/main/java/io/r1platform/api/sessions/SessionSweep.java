package io.r1platform.api.sessions;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Removes dead sessions and old attempts now and then; every replica does, which does no harm. */
@Component
class SessionSweep implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(SessionSweep.class);

  private final Sessions sessions;
  private final LoginAttempts attempts;
  private final SessionSettings settings;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("session-sweep").daemon().factory());
  private volatile @Nullable ScheduledFuture<?> sweeping;

  SessionSweep(Sessions sessions, LoginAttempts attempts, SessionSettings settings) {
    this.sessions = sessions;
    this.attempts = attempts;
    this.settings = settings;
  }

  void sweep() {
    try {
      sessions.sweep();
      attempts.sweep();
    } catch (DataAccessException e) {
      log.warn("dead sessions not removed, trying again", e);
    }
  }

  @Override
  public void start() {
    long interval = settings.sweepInterval().toMillis();
    sweeping = timer.scheduleWithFixedDelay(this::sweep, interval, interval, TimeUnit.MILLISECONDS);
  }

  @Override
  public void stop() {
    sweeping = null;
    timer.shutdown();
  }

  @Override
  public boolean isRunning() {
    return sweeping != null;
  }
}
