package io.r1platform.api.metering;

import java.sql.SQLException;
import java.util.Set;

/** What became of rows that were to be written together. */
sealed interface Appended {
  /** All are durable, at their places. */
  record Written() implements Appended {}

  /** The epoch is over; nothing was written. */
  record Over() implements Appended {}

  /** Nothing was written, and never will be with all of these rows: the database refuses one. */
  record Refused(SQLException why) implements Appended {}

  /** Nothing was written, for the rows of these indexes exist already, at other places. */
  record Taken(Set<Integer> rows) implements Appended {
    public Taken {
      rows = Set.copyOf(rows);
      if (rows.isEmpty()) {
        throw new IllegalArgumentException("no row is taken");
      }
    }
  }
}
