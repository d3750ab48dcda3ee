package io.r1platform.api.database;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * A small pool for what must never wait behind the console: the journal, its epochs and the
 * database's time. Its connections give up sooner than a peer would take this replica for dead.
 */
@Configuration(proxyBeanMethods = false)
public class MeteringDatabase {
  /** Qualifier of its data source. */
  public static final String NAME = "metering";

  private static final int CONNECTIONS = 5; // writer, heartbeat, clock, orphans, partitions
  private static final Duration CONNECT_WAIT = Duration.ofSeconds(5);
  private static final String SOCKET_TIMEOUT_SECONDS = "10";

  @Bean(defaultCandidate = false)
  @Qualifier(NAME) HikariDataSource meteringDataSource(JdbcConnectionDetails database) {
    var pool = new HikariDataSource();
    pool.setPoolName(NAME);
    pool.setJdbcUrl(database.getJdbcUrl());
    pool.setUsername(database.getUsername());
    pool.setPassword(database.getPassword());
    pool.setMaximumPoolSize(CONNECTIONS);
    pool.setMinimumIdle(1);
    pool.setConnectionTimeout(CONNECT_WAIT.toMillis());
    pool.addDataSourceProperty("socketTimeout", SOCKET_TIMEOUT_SECONDS);
    pool.addDataSourceProperty("tcpKeepAlive", "true");
    return pool;
  }
}
