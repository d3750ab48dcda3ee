package io.r1platform.billing.budgets;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Drops what budgets no longer need: leases that nothing can be charged to, 36 days after their
 * period, which has the totals; periods, alerts and deliveries after 400 days.
 */
@Component
class OldPeriods {
  private final JdbcClient jdbc;

  OldPeriods(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Drops all, a transaction for each 50,000. Returns how many rows there were. */
  @Scheduled(cron = "0 5 4 * * *", zone = "UTC")
  long drop() {
    return all("drop_old_leases") + all("drop_old_periods");
  }

  private long all(String function) {
    long all = 0;
    int some;
    do {
      some = jdbc.sql("select %s()".formatted(function)).query(Integer.class).single();
      all += some;
    } while (some > 0);
    return all;
  }
}
