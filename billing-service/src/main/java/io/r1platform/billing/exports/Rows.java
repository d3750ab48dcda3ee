package io.r1platform.billing.exports;

import java.io.IOException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyOut;

/** The lines of a COPY, one look ahead. */
final class Rows {
  private final CopyOut copy;
  private byte @Nullable [] next;

  Rows(CopyOut copy) throws SQLException {
    this.copy = copy;
    this.next = copy.readFromCopy();
  }

  boolean hasNext() {
    return next != null;
  }

  /** The next line with its end; PostgreSQL sends each in a message of its own. */
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
      throw new IOException("PostgreSQL broke off: " + e.getMessage(), e);
    }
    return row;
  }
}
