package io.r1platform.billing.budgets;

import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/** Reads columns that several queries of this package share. */
final class BudgetRows {
  private BudgetRows() {}

  static Periods.Plan plan(ResultSet row) throws SQLException {
    return new Periods.Plan(
        row.getLong("budget_id"),
        Reset.valueOf(row.getString("reset")),
        ZoneId.of(row.getString("tz")),
        moment(row, "created_at"));
  }

  static BigInteger pico(ResultSet row, String column) throws SQLException {
    return row.getBigDecimal(column).toBigIntegerExact();
  }

  static Instant moment(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  static @Nullable Instant momentOrNull(ResultSet row, String column) throws SQLException {
    OffsetDateTime moment = row.getObject(column, OffsetDateTime.class);
    return moment == null ? null : moment.toInstant();
  }
}
