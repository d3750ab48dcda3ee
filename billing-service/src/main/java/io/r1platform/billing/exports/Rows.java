package io.r1platform.billing.exports;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyOut;
import org.springframework.dao.DataAccessResourceFailureException;

/** The lines of a COPY, one look ahead. */
final class Rows {
  /** Classes of SQLSTATE: insufficient resources, limit exceeded, system error. */
  private static final Set<String> LASTING = Set.of("53", "54", "58");

  private final CopyOut copy;
  private byte @Nullable [] next;

  /**
   * Waits for the first.
   *
   * @throws IOException if it broke off for what another try would meet as well
   */
  Rows(CopyOut copy) throws SQLException, IOException {
    this.copy = copy;
    try {
      this.next = copy.readFromCopy();
    } catch (SQLException e) {
      if (comesAgain(e)) {
        throw brokeOff(e);
      }
      throw e;
    }
  }

  /** No room, a limit, or no row for as long as was waited. */
  private static boolean comesAgain(SQLException e) {
    String state = e.getSQLState();
    return e.getCause() instanceof SocketTimeoutException
        || (state != null && LASTING.contains(state.substring(0, 2)));
  }

  /** The connection or PostgreSQL ended: another try may go through. */
  private static boolean isLost(SQLException e) {
    String state = e.getSQLState();
    return state != null && (state.startsWith("08") || state.startsWith("57P"));
  }

  private static IOException brokeOff(SQLException e) {
    return new IOException("PostgreSQL broke off: " + e.getMessage(), e);
  }

  boolean hasNext() {
    return next != null;
  }

  /**
   * The next line with its end; PostgreSQL sends each in a message of its own.
   *
   * @throws IOException if it broke off for what another try would meet as well
   * @throws DataAccessResourceFailureException if the connection was lost
   */
  byte[] next() throws IOException {
    byte[] row = next;
    if (row == null) {
      throw new IllegalStateException("no row is left");
    }
    if (row.length == 0 || row[row.length - 1] != '\n') {
      throw new IOException("PostgreSQL cut a row");
    }
    try {
      next = copy.readFromCopy();
    } catch (SQLException e) {
      if (isLost(e) && !comesAgain(e)) {
        throw new DataAccessResourceFailureException("PostgreSQL went away", e);
      }
      throw brokeOff(e);
    }
    return row;
  }
}
