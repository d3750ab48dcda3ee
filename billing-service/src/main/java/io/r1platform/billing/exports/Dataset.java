package io.r1platform.billing.exports;

import java.util.List;

/** What can be exported; found by its name among Spring's beans. */
public interface Dataset {
  /** Lower case, with underscores. */
  String name();

  /** In the order of the query. */
  List<Column> columns();

  /**
   * One query of PostgreSQL with exactly the columns, sorted by a unique key, so that the same rows
   * come in the same order. Parameters: {@code :organization} (bigint; null: all), {@code :from}
   * and {@code :to} (timestamptz, the end excluded).
   */
  String sql();
}
