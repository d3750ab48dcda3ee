package io.r1platform.billing.exports;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The wait for a query's first row, which another thread may end. Ended before it begins, it does
 * not begin; once the row is there, nothing is ended any more: the connection then has the lock of
 * a place that is written to.
 */
final class FirstRowWait {
  private static final Logger LOG = LoggerFactory.getLogger(FirstRowWait.class);

  /** What is done meanwhile. */
  interface Work<T> {
    T get() throws SQLException, IOException;
  }

  /** Somebody ended it; the connection is closed, if there was one. */
  static final class Ended extends IOException {
    private Ended(@Nullable Exception cause) {
      super("The wait for the first row was ended.", cause);
    }
  }

  private @Nullable Connection waiting;
  private boolean ended;

  /**
   * Does what is done until the row is there.
   *
   * @throws Ended if {@link #end()} came before it was there
   */
  <T> T during(Connection connection, Work<T> work) throws SQLException, IOException {
    begin(connection);
    T result;
    try {
      result = work.get();
    } catch (SQLException | IOException | RuntimeException e) {
      if (isOver()) {
        throw new Ended(e);
      }
      throw e;
    }
    if (isOver()) {
      throw new Ended(null);
    }
    return result;
  }

  private synchronized void begin(Connection connection) throws Ended {
    if (ended) {
      throw new Ended(null);
    }
    waiting = connection;
  }

  /** From here on {@link #end()} leaves the connection alone; says whether it came before. */
  private synchronized boolean isOver() {
    waiting = null;
    return ended;
  }

  /**
   * Ends the wait, now or when it begins. The query is cancelled, so that it does not go on with
   * its locks, and its connection closed: a cancellation finds whatever the connection does by
   * then, and of this one nothing else can follow.
   */
  synchronized void end() {
    ended = true;
    Connection connection = waiting;
    if (connection == null) {
      return;
    }
    waiting = null;
    try {
      connection.unwrap(PGConnection.class).cancelQuery();
    } catch (SQLException e) {
      LOG.info("PostgreSQL will notice by itself that nobody waits for a query: {}", e.toString());
    }
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      LOG.warn("The connection of a query that was ended stays until its first row", e);
    }
  }
}
