package io.r1platform.billing;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.config.ScheduledTaskHolder;

/** What the process itself must hold: its threads, its connections. */
class ProcessIT {
  private static BillingFixture billing;

  @BeforeAll
  static void start() {
    billing = new BillingFixture();
  }

  @AfterAll
  static void stop() {
    billing.close();
  }

  /** As many jobs as there are, each of which ends only when all others have begun. */
  @Test
  void noJobWaitsForAnother() throws InterruptedException {
    int jobs = billing.bean(ScheduledTaskHolder.class).getScheduledTasks().size();
    assertThat(jobs).isPositive();
    var begun = new CountDownLatch(jobs);
    var scheduler = billing.bean(TaskScheduler.class);
    var running = new ArrayList<ScheduledFuture<?>>();
    for (int i = 0; i < jobs; i++) {
      running.add(scheduler.scheduleWithFixedDelay(() -> meet(begun), Duration.ofHours(1)));
    }
    assertThat(begun.await(1, TimeUnit.MINUTES))
        .as("%d of %d wait", begun.getCount(), jobs)
        .isTrue();
    running.forEach(job -> job.cancel(true));
  }

  /** Where the database's machine is gone, nothing else would end the wait for its answer. */
  @Test
  void aConnectionDoesNotWaitForEver() throws SQLException {
    var pool = billing.bean(HikariDataSource.class);
    assertThat(pool.getDataSourceProperties())
        .containsEntry("connectTimeout", "5")
        .containsEntry("tcpKeepAlive", "true");
    try (Connection connection = pool.getConnection()) {
      assertThat(Duration.ofMillis(connection.getNetworkTimeout()))
          .isEqualTo(Duration.ofMinutes(10));
    }
  }

  private static void meet(CountDownLatch begun) {
    begun.countDown();
    try {
      begun.await(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
