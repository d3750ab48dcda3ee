package io.r1platform.billing.exports;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Runs COPY in a read-only transaction that sees one state of the database. A connection whose rows
 * were not all taken is closed, since what it would say next is not known.
 */
@Component
class Snapshots {
  /** What is done with the rows; whatever it throws ends the COPY. */
  interface Reading<T> {
    /**
     * Takes all rows.
     *
     * @param beside what the same state of the database says else
     */
    T read(Rows rows, Beside beside) throws IOException;
  }

  /**
   * What is seen beside the rows.
   *
   * @param completeThrough until when gateways had said all; null: none lives
   * @param checkpoint the newest note of the log of receipts; null: nothing was signed
   */
  record Beside(@Nullable Instant completeThrough, @Nullable String checkpoint) {}

  /** One that broke off a moment ago may still have to be noticed by PostgreSQL. */
  private static final Duration LOCK_WAIT = Duration.ofSeconds(5);

  /** All is sorted before the first row comes; more than the connection's {@code socketTimeout}. */
  private static final int LONGEST_SILENCE_MILLIS = 3_600_000;

  private static final String LOCK_NOT_AVAILABLE = "55P03";

  private final DataSource database;
  private final JdbcTemplate jdbc;

  Snapshots(DataSource database, JdbcTemplate jdbc) {
    this.database = database;
    this.jdbc = jdbc;
  }

  /**
   * Runs one COPY.
   *
   * @throws DataAccessException if PostgreSQL refuses it, or cannot be reached
   */
  <T> T read(Dataset dataset, String copy, Reading<T> reading) throws IOException {
    return read(dataset, copy, null, new FirstRowWait(), reading);
  }

  /**
   * The same, while no other reads that writes to the same place.
   *
   * @param place what names it
   * @param wait for the first row
   * @throws PessimisticLockingFailureException if another does for more than some seconds
   * @throws FirstRowWait.Ended if the wait was ended
   */
  <T> T readFor(String place, Dataset dataset, String copy, FirstRowWait wait, Reading<T> reading)
      throws IOException {
    return read(dataset, copy, place, wait, reading);
  }

  private <T> T read(
      Dataset dataset, String copy, @Nullable String place, FirstRowWait wait, Reading<T> reading)
      throws IOException {
    try (Connection connection = database.getConnection()) {
      boolean whole = false;
      try {
        Begun begun = wait.during(connection, () -> begin(connection, dataset, copy, place));
        T result = reading.read(begun.rows, begun.beside);
        connection.rollback();
        connection.setAutoCommit(true);
        whole = true;
        return result;
      } finally {
        if (!whole) {
          giveUp(connection);
        }
      }
    } catch (SQLException e) {
      DataAccessException known = jdbc.getExceptionTranslator().translate("COPY", copy, e);
      throw known == null ? new UncategorizedSQLException("COPY", copy, e) : known;
    }
  }

  private record Begun(Rows rows, Beside beside) {}

  private static Begun begin(
      Connection connection, Dataset dataset, String copy, @Nullable String place)
      throws SQLException, IOException {
    connection.setAutoCommit(false);
    Beside beside;
    try (Statement statement = connection.createStatement()) {
      statement.execute("set transaction isolation level repeatable read, read only");
      statement.execute("set local timezone = 'UTC'");
      statement.execute("set local datestyle = 'ISO, YMD'");
      // a sort must not outlive who waits for it, with the lock of the place
      statement.execute("set local client_connection_check_interval = '10s'");
      if (dataset.joinsWhatItMade()) {
        statement.execute("set local enable_nestloop = off");
        statement.execute("set local enable_mergejoin = off"); // on some of the keys only
        statement.execute("set local work_mem = '64MB'"); // sorts end after one pass
      }
      if (place != null) {
        lock(connection, statement, place);
      }
      beside = new Beside(completeThrough(statement), checkpoint(statement));
    }
    // what is sorted sends its first row last; the pool takes the wait back
    connection.setNetworkTimeout(Runnable::run, LONGEST_SILENCE_MILLIS);
    return new Begun(
        new Rows(connection.unwrap(PGConnection.class).getCopyAPI().copyOut(copy)), beside);
  }

  /** Until the transaction ends, which it also does when the process dies. */
  private static void lock(Connection connection, Statement statement, String place)
      throws SQLException {
    statement.execute("set local lock_timeout = '" + LOCK_WAIT.toMillis() + "ms'");
    try (PreparedStatement lock =
        connection.prepareStatement("select pg_advisory_xact_lock(hashtextextended(?, 56))")) {
      lock.setString(1, "billing.exports " + place);
      lock.execute();
    } catch (SQLException e) {
      if (LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
        throw new CannotAcquireLockException("Another export writes to this place.", e);
      }
      throw e;
    }
    statement.execute("set local lock_timeout = 0");
  }

  private static @Nullable Instant completeThrough(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("select through from usage_complete")) {
      OffsetDateTime through = row.next() ? row.getObject(1, OffsetDateTime.class) : null;
      return through == null ? null : through.toInstant();
    }
  }

  private static @Nullable String checkpoint(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("select note from newest_checkpoint")) {
      return row.next() ? row.getString(1) : null;
    }
  }

  private void giveUp(Connection connection) throws SQLException {
    connection.abort(Runnable::run);
    if (database.isWrapperFor(HikariDataSource.class)) {
      database.unwrap(HikariDataSource.class).evictConnection(connection);
    }
  }
}
