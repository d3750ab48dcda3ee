package io.r1platform.billing.exports;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Reads exported files as finance would. */
final class Duck {
  private Duck() {}

  /** Each row's values, as text with a bar between them. */
  static List<String> query(String sql) {
    try (var connection = DriverManager.getConnection("jdbc:duckdb:");
        var utc = connection.createStatement();
        var statement = connection.createStatement()) {
      utc.execute("set TimeZone = 'UTC'");
      var rows = statement.executeQuery(sql);
      int width = rows.getMetaData().getColumnCount();
      var found = new ArrayList<String>();
      while (rows.next()) {
        var row = new ArrayList<String>();
        for (int i = 1; i <= width; i++) {
          row.add(String.valueOf(rows.getString(i)));
        }
        found.add(String.join("|", row));
      }
      return found;
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** What reads all parts of a directory as text. */
  static String all(Path directory, FileFormat format) {
    String files = "'" + directory + "/*." + format.extension() + "'";
    return switch (format) {
      case CSV, CSV_GZ -> "read_csv(" + files + ", header = true, all_varchar = true)";
      case JSONL_GZ -> "read_json(" + files + ", format = 'newline_delimited')";
      case PARQUET -> "read_parquet(" + files + ")";
    };
  }
}
