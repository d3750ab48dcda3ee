package io.r1platform.billing.clock;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A connection for the time alone. All of billing waits for a reading once the machine has slept,
 * so it gives up in seconds, where the others have minutes for long statements. Of the other pool's
 * settings it has the address and who connects; what else is to hold, as TLS, belongs into the URL.
 */
public final class ClockDatabase {
  /** Qualifier of its data source. */
  public static final String NAME = "clock";

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private ClockDatabase() {}

  /** Opens it; the caller closes it. */
  public static HikariDataSource open(
      String url, @Nullable String user, @Nullable String password) {
    String seconds = Long.toString(PATIENCE.toSeconds());
    var pool = new HikariDataSource();
    pool.setPoolName(NAME);
    pool.setJdbcUrl(url);
    pool.setUsername(user);
    pool.setPassword(password);
    pool.setMaximumPoolSize(1);
    pool.setConnectionTimeout(PATIENCE.toMillis());
    pool.addDataSourceProperty("connectTimeout", seconds);
    pool.addDataSourceProperty("socketTimeout", seconds);
    pool.addDataSourceProperty("tcpKeepAlive", "true");
    return pool;
  }
}
