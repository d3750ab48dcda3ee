package io.r1platform.billing.invoices;

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
 * Runs the monthly close each hour, in one instance at a time; another takes over where one dies.
 * Goes by the service's clock.
 */
@Component
class CloseSchedule implements SmartLifecycle {
  /** What is cut off is done by the next run. */
  private static final Duration STOP_WAIT = Duration.ofSeconds(15);

  private static final Duration POLLING = Duration.ofSeconds(30);

  private final MonthlyClose close;
  private final InvoiceSettings settings;
  private final DataSource database;
  private final Clock clock;
  private @Nullable Scheduler scheduler;

  CloseSchedule(MonthlyClose close, InvoiceSettings settings, DataSource database, Clock clock) {
    this.close = close;
    this.settings = settings;
    this.database = database;
    this.clock = clock;
  }

  @Override
  public synchronized void start() {
    if (!settings.close()) {
      return;
    }
    Scheduler started = scheduler(POLLING);
    started.start();
    scheduler = started;
  }

  /** Not started. */
  Scheduler scheduler(Duration polling) {
    var task =
        Tasks.recurring("invoices-close", FixedDelay.ofHours(1))
            .execute((instance, context) -> close.run());
    return Scheduler.create(database)
        .startTasks(task)
        .threads(1)
        .pollingInterval(polling)
        .clock(clock::instant)
        .shutdownMaxWait(STOP_WAIT)
        .build();
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
