package io.r1platform.api.keys;

import com.github.benmanes.caffeine.cache.Ticker;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.stereotype.Component;

/**
 * Follows the sequence of key changes on a connection of its own, one thread: a notification wakes
 * it, else it polls. What it has read is out of the cache; {@link #isConfirmed} says whether that
 * was lately enough to trust the cache.
 */
@Component
class KeyChanges implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(KeyChanges.class);

  /** What a suspension of an organization, and its end, are called among changes of limits. */
  private static final String SUSPENDED = "suspended";

  private static final String RESUMED = "resumed";

  private final PGSimpleDataSource source = new PGSimpleDataSource();
  private final KeyCache cache;
  private final KeySettings settings;
  private final ApplicationEventPublisher events;
  private final Ticker ticker;
  private final AtomicLong confirmedAt;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private @Nullable Thread thread;
  private boolean complained;

  /** The last change that is dealt with here; below 0 before the first connection. */
  private long last = -1;

  KeyChanges(
      JdbcConnectionDetails database,
      KeyCache cache,
      KeySettings settings,
      ApplicationEventPublisher events,
      Ticker ticker) {
    source.setURL(database.getJdbcUrl());
    source.setUser(database.getUsername());
    source.setPassword(database.getPassword());
    source.setApplicationName("api-service key changes");
    source.setConnectTimeout(1);
    source.setSocketTimeout(1);
    this.cache = cache;
    this.settings = settings;
    this.events = events;
    this.ticker = ticker;
    this.confirmedAt = new AtomicLong(ticker.read() - 2 * settings.confirmationLimit().toNanos());
  }

  /** Whether all changes up to a second ago are known here. */
  boolean isConfirmed() {
    return ticker.read() - confirmedAt.get() <= settings.confirmationLimit().toNanos();
  }

  @Override
  public void start() {
    thread = Thread.ofPlatform().name("key-changes").daemon().start(this::followUntilStopped);
  }

  @Override
  public void stop() {
    stopped.countDown();
    Thread running = thread;
    thread = null;
    if (running != null) {
      running.interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return thread != null;
  }

  private void followUntilStopped() {
    try {
      do {
        try (Connection connection = source.getConnection()) {
          follow(connection);
        } catch (SQLException | RuntimeException e) { // what a listener throws: it is told again
          complain(e);
        }
      } while (!stopped.await(settings.pollInterval().toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      log.debug("stopped following key changes");
    }
  }

  /**
   * Goes on after the last change that was dealt with, so that a revocation during an outage stops
   * what runs. A new connection may lead to a restored database: no key in memory is trusted, and
   * where changes are missing all are told again.
   */
  private void follow(Connection connection) throws SQLException {
    var notifications = connection.unwrap(PGConnection.class);
    try (Statement listen = connection.createStatement()) {
      listen.execute("listen api_key_change");
    }
    long asked = ticker.read();
    long newest = newest(connection);
    if (last < 0) {
      last = newest;
    } else if (newest < last) {
      last = 0;
    }
    forgetAll(connection);
    apply(connection);
    confirmedAt.set(asked);
    if (complained) {
      log.info("changes of API keys can be read again");
      complained = false;
    }
    while (stopped.getCount() > 0) {
      notifications.getNotifications((int) settings.pollInterval().toMillis());
      asked = ticker.read();
      apply(connection);
      confirmedAt.set(asked);
    }
  }

  /** Nothing in memory is trusted any more. */
  private void forgetAll(Connection connection) {
    cache.forgetAll();
    events.publishEvent(LimitsChanged.all(over(connection)));
  }

  /** Reads over this connection, which stays open. */
  private static JdbcClient over(Connection connection) {
    return JdbcClient.create(new SingleConnectionDataSource(connection, /* suppressClose= */ true));
  }

  /** Once an outage; an end by {@link #stop} is none. */
  private void complain(Exception failure) {
    if (!complained && stopped.getCount() > 0) {
      log.warn("changes of API keys cannot be read; keys are refused until they can", failure);
      complained = true;
    }
  }

  /** What has changed is no key, but something of an organization, a project or a key. */
  private void tell(String scope, long id, Connection connection) {
    switch (scope) {
      case SUSPENDED -> {
        cache.suspend(id);
        log.info("organization {} is suspended: it begins nothing new here", id);
      }
      case RESUMED -> {
        cache.resume(id);
        log.info("organization {} is not suspended any more", id);
      }
      case BudgetsChanged.SCOPE -> events.publishEvent(new BudgetsChanged(id));
      default -> events.publishEvent(new LimitsChanged(scope, id, over(connection)));
    }
  }

  private static long newest(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("select coalesce(max(sequence), 0) from api_key_change")) {
      row.next();
      return row.getLong(1);
    }
  }

  /** Reads from the last change on: it is there unless newer ones were missed. */
  private void apply(Connection connection) throws SQLException {
    boolean seen = last == 0;
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            select sequence, api_key_id, public_id, revoked, limit_scope, limit_scope_id
            from api_key_change
            where sequence >= ? order by sequence\
            """)) {
      statement.setLong(1, last);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          if (row.getLong("sequence") == last) {
            seen = true;
            continue;
          }
          if (!seen) { // what came next was removed meanwhile: this replica stood still for days
            forgetAll(connection);
            seen = true;
          }
          long key = row.getLong("api_key_id");
          boolean revoked = row.getBoolean("revoked");
          if (revoked) {
            cache.revoke(key);
          }
          cache.forget(row.getString("public_id"));
          if (revoked) {
            events.publishEvent(new KeyRevoked(key));
          }
          String scope = row.getString("limit_scope");
          if (scope != null) {
            tell(scope, row.getLong("limit_scope_id"), connection);
          }
          last = row.getLong("sequence");
        }
      }
    }
  }
}
