package io.r1platform.billing;

import com.zaxxer.hikari.HikariDataSource;
import io.r1platform.billing.clock.ClockDatabase;
import io.r1platform.billing.clock.DatabaseClock;
import java.time.Clock;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.modulith.Modulithic;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/** Starts billing-service: prices, usage intake, ledger, reports, exports, reconciliation. */
@SpringBootApplication
@ConfigurationPropertiesScan
@EnableScheduling
@Modulithic(sharedModules = {"errors", "observability"})
public class BillingApplication {
  private static final int MOST_JOBS = 24;

  /** Runs the service until it is stopped. */
  public static void main(String[] arguments) {
    SpringApplication.run(BillingApplication.class, arguments);
  }

  /**
   * A thread for each job, so that none waits for another: with virtual threads, Spring runs all
   * jobs with a fixed delay on one.
   */
  @Bean
  ThreadPoolTaskScheduler taskScheduler() {
    var scheduler = new ThreadPoolTaskScheduler();
    scheduler.setPoolSize(MOST_JOBS);
    scheduler.setThreadNamePrefix("job-");
    return scheduler;
  }

  @Bean(defaultCandidate = false)
  @Qualifier(ClockDatabase.NAME) HikariDataSource clockDataSource(JdbcConnectionDetails database) {
    return ClockDatabase.open(
        database.getJdbcUrl(), database.getUsername(), database.getPassword());
  }

  @Bean
  DatabaseClock clock(@Qualifier(ClockDatabase.NAME) HikariDataSource database) {
    return new DatabaseClock(JdbcClient.create(database), Clock.systemUTC()).start();
  }
}
