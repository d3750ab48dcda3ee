package io.r1platform.api.metering;

import java.sql.Array;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The one statement that writes the journal. It does nothing under an epoch that is over. */
final class JournalTable {
  private static final String APPEND =
      """
      with mine as (
        select replica_id, epoch from replica where replica_id = ? and epoch = ? for share
      ), written as (
        insert into usage_journal (bucket, event_id, kind, replica_id, epoch, ship_seq, record)
        select r.bucket, r.event_id, r.kind, mine.replica_id, mine.epoch, r.ship_seq, r.record
        from mine, unnest(?::date[], ?::uuid[], ?::text[], ?::bigint[], ?::bytea[])
          as r (bucket, event_id, kind, ship_seq, record)
        on conflict do nothing
      )
      select count(*) from mine
      """;

  /** A row: the record, and its place in the stream if it is a FINAL. */
  record Row(UsageRecord record, @Nullable Long shipSeq) {}

  private JournalTable() {}

  /**
   * Writes the rows in one transaction of its own; rows that are there already are left alone.
   *
   * @return whether the epoch is still this one; if not, nothing was written
   */
  static boolean append(Connection connection, long replicaId, int epoch, List<Row> rows)
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
    try (PreparedStatement statement = connection.prepareStatement(APPEND)) {
      statement.setLong(1, replicaId);
      statement.setInt(2, epoch);
      setArray(statement, 3, "date", buckets);
      setArray(statement, 4, "uuid", events);
      setArray(statement, 5, "text", kinds);
      setArray(statement, 6, "int8", sequence);
      setArray(statement, 7, "bytea", records);
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        return result.getLong(1) == 1;
      }
    }
  }

  private static void setArray(
      PreparedStatement statement, int index, String type, @Nullable Object[] values)
      throws SQLException {
    Array array = statement.getConnection().createArrayOf(type, values);
    statement.setArray(index, array);
  }
}
