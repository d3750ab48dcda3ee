package io.r1platform.api.metering;

import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.LocalDate;

/** The journal's days. They are made by the owner's function, since this service owns nothing. */
final class Partitions {
  private Partitions() {}

  /** Makes the partitions from the day before {@code day} to two days after it, where missing. */
  static void ensure(Connection connection, LocalDate day) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("select ensure_journal_partitions(?)")) {
      statement.setDate(1, Date.valueOf(day));
      statement.execute();
    }
  }
}
