package io.r1platform.billing.budgets;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Drops leases that nothing can be charged to, 36 days after their period; it has the totals. */
@Component
class OldLeases {
  private final JdbcClient jdbc;

  OldLeases(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Drops all, a transaction for each 50,000. Returns how many there were. */
  @Scheduled(cron = "0 5 4 * * *", zone = "UTC")
  long drop() {
    long all = 0;
    for (int some = some(); some > 0; some = some()) {
      all += some;
    }
    return all;
  }

  private int some() {
    return jdbc.sql("select drop_old_leases()").query(Integer.class).single();
  }
}
