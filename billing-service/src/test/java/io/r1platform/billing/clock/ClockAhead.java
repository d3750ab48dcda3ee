package io.r1platform.billing.clock;

import io.r1platform.testing.TestDatabase;
import java.time.Duration;

/** A database whose clock is ahead of this machine's. */
public final class ClockAhead {
  private ClockAhead() {}

  /** For connections that come by {@link #url}. */
  public static void install(TestDatabase database, Duration ahead) {
    database.execute("create schema ahead");
    database.execute("grant usage on schema ahead to r1_billing, r1_billing_owner");
    database.execute(
        """
        create function ahead.clock_timestamp() returns timestamptz language sql
        as 'select pg_catalog.clock_timestamp() + interval ''%d seconds'''
        """
            .formatted(ahead.toSeconds()));
  }

  public static String url(TestDatabase database) {
    return database.url() + "?options=-c%20search_path=ahead,billing,pg_catalog";
  }
}
