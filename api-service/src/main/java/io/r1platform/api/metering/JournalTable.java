package io.r1platform.api.metering;

import java.sql.Array;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The one statement that writes the journal. It does nothing under an epoch that is over. */
final class JournalTable {
  private static final String APPEND =
      """
      with mine as (
        select replica_id, epoch from replica where replica_id = ? and epoch = ? for share
      ), written as (
        insert into usage_journal (bucket, event_id, kind, replica_id, epoch, ship_seq,
          record, hold_pico, leases, labels)
        select r.bucket, r.event_id, r.kind, mine.replica_id, mine.epoch, r.ship_seq, r.record,
          r.hold, case when r.credit = 0 then '{}'::bigint[]
            else array[r.credit, r.org, r.project, r.key] end, nullif(r.labels, '')
        from mine, unnest(?::date[], ?::uuid[], ?::text[], ?::bigint[], ?::bytea[],
            ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bytea[])
          as r (bucket, event_id, kind, ship_seq, record, hold, credit, org, project, key, labels)
      )
      select count(*) from mine
      """;

  private static final String FIND =
      """
      select r.n - 1, coalesce(j.replica_id = ? and j.epoch = ?
        and j.ship_seq is not distinct from r.ship_seq and j.record = r.record, false)
      from unnest(?::date[], ?::uuid[], ?::text[], ?::bigint[], ?::bytea[])
          with ordinality as r (bucket, event_id, kind, ship_seq, record, n)
        join usage_journal j using (bucket, event_id, kind)
      """;

  private static final String UNIQUE_VIOLATION = "23505";

  /**
   * A row: the record, what is held for it, what its caller calls it, and its place in the stream
   * if it is a FINAL.
   */
  record Row(UsageRecord record, Reservation reservation, Labels labels, @Nullable Long shipSeq) {}

  private JournalTable() {}

  /**
   * Writes all rows or none, in a transaction of its own. Calling again with the same rows after an
   * unknown outcome is harmless. A row that exists elsewhere is never skipped, for its number in
   * the stream would be a hole.
   */
  static Appended append(Connection connection, long replicaId, int epoch, List<Row> rows)
      throws SQLException {
    try (PreparedStatement statement = bind(connection, APPEND, replicaId, epoch, rows)) {
      setLongs(statement, 8, rows, Reservation::pico);
      setLongs(statement, 9, rows, Reservation::credit);
      setLongs(statement, 10, rows, Reservation::organization);
      setLongs(statement, 11, rows, Reservation::project);
      setLongs(statement, 12, rows, Reservation::key);
      byte[][] labels = rows.stream().map(row -> row.labels.bytes()).toArray(byte[][]::new);
      setArray(statement, 13, "bytea", labels);
      ResultSet result = statement.executeQuery();
      result.next();
      return result.getLong(1) == 1 ? new Appended.Written() : new Appended.Over();
    } catch (SQLException e) {
      if (!UNIQUE_VIOLATION.equals(e.getSQLState())) {
        throw e;
      }
      return find(connection, replicaId, epoch, rows, e);
    }
  }

  /** Tells rows of an earlier try, whose answer was lost, from rows that others wrote. */
  private static Appended find(
      Connection connection, long replicaId, int epoch, List<Row> rows, SQLException violation)
      throws SQLException {
    Set<Integer> taken = repeated(rows);
    int mine = 0;
    try (PreparedStatement statement = bind(connection, FIND, replicaId, epoch, rows);
        ResultSet found = statement.executeQuery()) {
      while (found.next()) {
        taken.add(found.getInt(1));
        mine += found.getBoolean(2) ? 1 : 0;
      }
    }
    if (mine == rows.size()) {
      return new Appended.Written();
    }
    if (taken.isEmpty()) {
      throw violation;
    }
    return new Appended.Taken(taken);
  }

  /** Rows that stand in this batch for a second time. */
  private static Set<Integer> repeated(List<Row> rows) {
    record Key(UUID eventId, boolean isFinal) {}
    Set<Key> seen = new HashSet<>();
    Set<Integer> repeated = new HashSet<>();
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      if (!seen.add(new Key(row.record.eventId(), row.shipSeq != null))) {
        repeated.add(i);
      }
    }
    return repeated;
  }

  private static PreparedStatement bind(
      Connection connection, String sql, long replicaId, int epoch, List<Row> rows)
      throws SQLException {
    int n = rows.size();
    Date[] buckets = new Date[n];
    String[] events = new String[n];
    String[] kinds = new String[n];
    @Nullable Long[] sequence = new @Nullable Long[n];
    byte[][] records = new byte[n][];
    for (int i = 0; i < n; i++) {
      Row row = rows.get(i);
      buckets[i] = Date.valueOf(row.record.bucket());
      events[i] = row.record.eventId().toString();
      kinds[i] = row.shipSeq == null ? "A" : "F";
      sequence[i] = row.shipSeq;
      records[i] = UsageRecordCodec.encode(row.record);
    }
    PreparedStatement statement = connection.prepareStatement(sql);
    statement.setLong(1, replicaId);
    statement.setInt(2, epoch);
    setArray(statement, 3, "date", buckets);
    setArray(statement, 4, "uuid", events);
    setArray(statement, 5, "text", kinds);
    setArray(statement, 6, "int8", sequence);
    setArray(statement, 7, "bytea", records);
    return statement;
  }

  private static void setLongs(
      PreparedStatement statement, int index, List<Row> rows, ToLongFunction<Reservation> field)
      throws SQLException {
    Long[] values =
        rows.stream().map(row -> field.applyAsLong(row.reservation)).toArray(Long[]::new);
    setArray(statement, index, "int8", values);
  }

  private static void setArray(
      PreparedStatement statement, int index, String type, @Nullable Object[] values)
      throws SQLException {
    Array array = statement.getConnection().createArrayOf(type, values);
    statement.setArray(index, array);
  }
}
