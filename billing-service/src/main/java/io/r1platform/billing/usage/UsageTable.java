package io.r1platform.billing.usage;

import io.r1platform.billing.prices.PriceVersion;
import io.r1platform.billing.receipts.ReceiptLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.LocalDate;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.postgresql.PGConnection;
import org.postgresql.util.ByteBufferByteStreamWriter;
import org.postgresql.util.PSQLState;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Writes usage records by binary COPY. */
@Component
class UsageTable {
  /**
   * A record that may be posted.
   *
   * @param item the record
   * @param version what it is rated by
   */
  record Row(UsageBatch.Item item, PriceVersion version) {}

  private static final Comparator<Row> BY_ID =
      Comparator.comparing(
          (Row row) -> row.item.record().eventId(),
          (a, b) -> {
            int high = Long.compareUnsigned(a.getMostSignificantBits(), b.getMostSignificantBits());
            return high != 0
                ? high
                : Long.compareUnsigned(a.getLeastSignificantBits(), b.getLeastSignificantBits());
          });

  private static final byte[] COPY_HEAD = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
  };
  private static final int LEAF_BYTES = 32;
  private static final int COLUMNS = 24;
  private static final int ROW_BYTES =
      Short.BYTES + COLUMNS * Integer.BYTES + 12 * Integer.BYTES + 7 * Long.BYTES + 16 * 3 + 32 * 2;
  private static final long EPOCH_DAYS = LocalDate.of(2000, 1, 1).toEpochDay();
  private static final long EPOCH_MICROS = EPOCH_DAYS * 86_400_000_000L;

  private static final String NAMES =
      """
      bucket, event_id, finish, flags, model_id, tenant_id, project_id, api_key_id, admitted_at,
      finished_at, tok_hit, tok_miss, tok_reason, tok_answer, waived_in, waived_out, ttft_ms, win,
      version_id, amount_pico, salt, output_sha256, leaf_sha256, journal_id
      """;

  private static final String STAGE =
      """
      create temporary table if not exists staged_usage (
        bucket date, event_id uuid, finish int, flags int, model_id int,
        tenant_id bigint, project_id bigint, api_key_id bigint,
        admitted_at timestamptz, finished_at timestamptz,
        tok_hit int, tok_miss int, tok_reason int, tok_answer int,
        waived_in int, waived_out int, ttft_ms int, win int,
        version_id bigint, amount_pico bigint, salt bytea, output_sha256 bytea, leaf_sha256 bytea,
        journal_id uuid
      ) on commit delete rows
      """;

  private static final String INSERT =
      """
      insert into usage_record (%1$s) select %1$s from staged_usage order by bucket, event_id
      on conflict (bucket, event_id) do nothing
      returning event_id
      """
          .formatted(NAMES);

  private final JdbcTemplate jdbc;
  private final JdbcClient client;
  private final ReceiptLog log;

  UsageTable(JdbcTemplate jdbc, JdbcClient client, ReceiptLog log) {
    this.jdbc = jdbc;
    this.client = client;
    this.log = log;
  }

  /**
   * Inserts what is new, under {@code journalId}, leaves it to the log of receipts, and returns its
   * ids. Nearly always all is new, so the rows are copied straight into the table; where one is
   * there already, that is undone and they go through a staging table. Rows go in by id, so that
   * two batches never wait for each other in a circle.
   */
  Set<UUID> insert(Map<UUID, Row> rows, UUID journalId) {
    List<Row> ordered = rows.values().stream().sorted(BY_ID).toList();
    if (copyUnlessDuplicate(ordered, journalId)) {
      log(ordered, rows.keySet(), journalId);
      return rows.keySet();
    }
    jdbc.execute(STAGE);
    copy("staged_usage", ordered, journalId);
    var inserted = new HashSet<UUID>();
    client
        .sql(INSERT)
        .query(
            row -> {
              inserted.add(row.getObject(1, UUID.class));
            });
    log(ordered, inserted, journalId);
    return inserted;
  }

  private void log(List<Row> ordered, Set<UUID> inserted, UUID journalId) {
    if (inserted.isEmpty()) {
      return;
    }
    var leaves = ByteBuffer.allocate(inserted.size() * LEAF_BYTES);
    for (Row row : ordered) {
      if (inserted.contains(row.item.record().eventId())) {
        leaves.put(HexFormat.of().parseHex(row.item.leaf()));
      }
    }
    log.add(journalId, leaves.array());
  }

  private boolean copyUnlessDuplicate(List<Row> rows, UUID journalId) {
    ConnectionCallback<Boolean> attempt =
        connection -> {
          Savepoint before = connection.setSavepoint();
          try {
            copy(connection, "usage_record", rows, journalId);
            connection.releaseSavepoint(before);
            return true;
          } catch (SQLException e) {
            if (!PSQLState.UNIQUE_VIOLATION.getState().equals(e.getSQLState())) {
              throw e;
            }
            connection.rollback(before);
            return false;
          }
        };
    return Boolean.TRUE.equals(jdbc.execute(attempt));
  }

  /** The content hashes, in hexadecimal, of those of the records that are in the store. */
  Map<UUID, String> leaves(Collection<UsageRecord> records) {
    var leaves = new HashMap<UUID, String>();
    client
        .sql(
            """
            select u.event_id, u.leaf_sha256
            from unnest(?::date[], ?::uuid[]) as asked(bucket, event_id)
              join usage_record u using (bucket, event_id)
            """)
        .param(records.stream().map(r -> r.bucket().toString()).toArray(String[]::new))
        .param(records.stream().map(r -> r.eventId().toString()).toArray(String[]::new))
        .query(
            row -> {
              leaves.put(row.getObject(1, UUID.class), HexFormat.of().formatHex(row.getBytes(2)));
            });
    return leaves;
  }

  /** Copies rows into a table that has the columns of the usage table. */
  void copy(String table, Collection<Row> rows, UUID journalId) {
    ConnectionCallback<Long> copyIn = connection -> copy(connection, table, rows, journalId);
    jdbc.execute(copyIn);
  }

  private static long copy(
      Connection connection, String table, Collection<Row> rows, UUID journalId)
      throws SQLException {
    var buffer = ByteBuffer.allocate(COPY_HEAD.length + rows.size() * ROW_BYTES + Short.BYTES);
    buffer.put(COPY_HEAD);
    for (Row row : rows) {
      put(buffer, row, journalId);
    }
    buffer.putShort((short) -1).flip();
    try {
      return connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyIn(
              "copy %s (%s) from stdin (format binary)".formatted(table, NAMES),
              new ByteBufferByteStreamWriter(buffer));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void put(ByteBuffer to, Row row, UUID journalId) {
    UsageRecord r = row.item.record();
    to.putShort((short) COLUMNS);
    putInt(to, (int) (r.bucket().toEpochDay() - EPOCH_DAYS));
    to.putInt(16).putLong(r.eventId().getMostSignificantBits());
    to.putLong(r.eventId().getLeastSignificantBits());
    putInt(to, r.finish());
    putInt(to, r.flags());
    putInt(to, r.modelId());
    putLong(to, r.tenantId());
    putLong(to, r.projectId());
    putLong(to, r.keyId());
    putLong(to, r.admittedMicros() - EPOCH_MICROS);
    putLong(to, r.finishedMicros() - EPOCH_MICROS);
    putInt(to, r.hit());
    putInt(to, r.miss());
    putInt(to, r.reasoning());
    putInt(to, r.answer());
    putInt(to, r.waivedIn());
    putInt(to, r.waivedOut());
    putInt(to, r.ttftMillis());
    putInt(to, r.window());
    putLong(to, row.version.versionId());
    putLong(to, r.amountPico());
    putBytes(to, HexFormat.of().parseHex(r.salt()));
    putBytes(to, HexFormat.of().parseHex(r.outputSha256()));
    putBytes(to, HexFormat.of().parseHex(row.item.leaf()));
    to.putInt(16).putLong(journalId.getMostSignificantBits());
    to.putLong(journalId.getLeastSignificantBits());
  }

  private static void putInt(ByteBuffer to, int value) {
    to.putInt(Integer.BYTES).putInt(value);
  }

  private static void putLong(ByteBuffer to, long value) {
    to.putInt(Long.BYTES).putLong(value);
  }

  private static void putBytes(ByteBuffer to, byte[] value) {
    to.putInt(value.length).put(value);
  }
}
