package io.r1platform.billing.retention;

import io.r1platform.billing.BillingFixture;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Lets tests of other packages start what a schedule starts. */
public final class RetentionAccess {
  private RetentionAccess() {}

  /** Retires what is old now; returns how many days could not be. */
  public static long retire(BillingFixture billing) {
    return billing.bean(Retention.class).retire();
  }

  /** Retires one day, having lost the connection that keeps others from it. */
  public static void retireWithoutLock(BillingFixture billing, Path directory, LocalDate day)
      throws IOException, InterruptedException {
    var lost = new DriverManagerDataSource("jdbc:postgresql://127.0.0.1:1/r1", "r1_billing", "x");
    billing.bean(DayArchive.class).retire(directory, day, JdbcClient.create(lost));
  }
}
