package io.r1platform.billing.exports;

import java.util.List;

/** What can be exported; found by its name among Spring's beans. */
public abstract class Dataset {
  private final String name;
  private final List<Column> columns;
  private final String sql;

  /**
   * A dataset.
   *
   * @param name lower case, with underscores
   * @param columns in the order of the query
   * @param sql one query of PostgreSQL with exactly the columns, sorted by a unique key, so that
   *     the same rows come in the same order. Parameters: {@code :organization} (bigint; null:
   *     all), {@code :project} (the same, where it {@link #hasProjects}), {@code :from} and {@code
   *     :to} (timestamptz, the end excluded)
   */
  protected Dataset(String name, List<Column> columns, String sql) {
    this.name = name;
    this.columns = List.copyOf(columns);
    this.sql = sql;
  }

  /** By which it is asked for. */
  public final String name() {
    return name;
  }

  /** In the order of the query. */
  public final List<Column> columns() {
    return columns;
  }

  /** Whether its rows are of whole UTC days, and so its scopes. */
  public boolean ofWholeDays() {
    return false;
  }

  /** Whether it can be of one project, and so for that project's keys. */
  public boolean hasProjects() {
    return false;
  }

  /** The shortest period whose rows are all among those of a scope of it, for schedules. */
  public Period leastPeriod() {
    return ofWholeDays() ? Period.DAY : Period.HOUR;
  }

  /** Whether rows of days that retention took are not in it any more. */
  public boolean losesOldDays() {
    return false;
  }

  /**
   * Whether its query joins and sorts many rows that it made itself, of which PostgreSQL expects
   * few: it would compare each with each. Such a query joins by hashes, and has room to sort.
   */
  public boolean joinsWhatItMade() {
    return false;
  }

  /** The query, with its parameters. */
  public final String sql() {
    return sql;
  }
}
