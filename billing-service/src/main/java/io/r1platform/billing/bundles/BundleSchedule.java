package io.r1platform.billing.bundles;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import java.time.Clock;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Makes bundles every ten minutes, in one instance at a time; another takes over where one dies.
 * Goes by the service's clock.
 */
@Component
class BundleSchedule implements SmartLifecycle {
  private static final Duration PAUSE = Duration.ofMinutes(10);
  private static final Duration POLLING = Duration.ofSeconds(30);

  /** A bundle that is cut off is made anew by the next run. */
  private static final Duration STOP_WAIT = Duration.ofSeconds(5);

  private final BundleMaker maker;
  private final DataSource database;
  private final Clock clock;
  private @Nullable Scheduler scheduler;

  BundleSchedule(BundleMaker maker, DataSource database, Clock clock) {
    this.maker = maker;
    this.database = database;
    this.clock = clock;
  }

  @Override
  public synchronized void start() {
    var task =
        Tasks.recurring("bill-bundles", FixedDelay.of(PAUSE))
            .execute((instance, context) -> maker.run());
    Scheduler started =
        Scheduler.create(database)
            .tableName("bill_bundle_task")
            .startTasks(task)
            .threads(1)
            .pollingInterval(POLLING)
            .clock(clock::instant)
            .shutdownMaxWait(STOP_WAIT)
            .build();
    started.start();
    scheduler = started;
  }

  @Override
  public synchronized void stop() {
    Scheduler running = scheduler;
    if (running != null) {
      running.stop();
      scheduler = null;
    }
  }

  @Override
  public synchronized boolean isRunning() {
    return scheduler != null;
  }
}
