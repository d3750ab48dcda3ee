package io.r1platform.billing.usage;

import io.r1platform.billing.prices.PriceVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.postgresql.PGConnection;
import org.postgresql.util.ByteBufferByteStreamWriter;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Writes usage records and the hourly sums, in one statement after a binary COPY. */
@Component
class UsageTable {
  /**
   * A record that may be posted.
   *
   * @param item the record
   * @param version what it is rated by
   */
  record Row(UsageBatch.Item item, PriceVersion version) {}

  private static final byte[] COPY_HEAD = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
  };
  private static final int COLUMNS = 23;
  private static final int ROW_BYTES =
      Short.BYTES + COLUMNS * Integer.BYTES + 12 * Integer.BYTES + 7 * Long.BYTES + 16 * 2 + 32 * 2;
  private static final long EPOCH_DAYS = LocalDate.of(2000, 1, 1).toEpochDay();
  private static final long EPOCH_MICROS = EPOCH_DAYS * 86_400_000_000L;

  private static final String STAGE =
      """
      create temporary table if not exists staged_usage (
        bucket date, event_id uuid, finish int, flags int, model_id int,
        tenant_id bigint, project_id bigint, api_key_id bigint,
        admitted_at timestamptz, finished_at timestamptz,
        tok_hit int, tok_miss int, tok_reason int, tok_answer int,
        waived_in int, waived_out int, ttft_ms int, win int,
        version_id bigint, amount_pico bigint, salt bytea, output_sha256 bytea, leaf_sha256 bytea
      ) on commit delete rows
      """;

  /**
   * Rows go in by id and sums by key, so that two batches never wait for each other in a circle.
   */
  private static final String INSERT =
      """
      with fresh as (
        insert into usage_record (bucket, event_id, finish, flags, model_id, tenant_id, project_id,
          api_key_id, admitted_at, finished_at, tok_hit, tok_miss, tok_reason, tok_answer,
          waived_in, waived_out, ttft_ms, win, version_id, amount_pico, salt, output_sha256,
          leaf_sha256, journal_id)
        select s.*, ? from staged_usage s order by bucket, event_id
        on conflict (bucket, event_id) do nothing
        returning *
      ), hourly as (
        insert into usage_hourly as h (tenant_id, hour, project_id, api_key_id, model_id,
          version_id, win, requests, tok_hit, tok_miss, tok_reason, tok_answer, waived_in,
          waived_out, amount)
        select tenant_id, date_trunc('hour', admitted_at, 'UTC'), project_id, api_key_id, model_id,
          version_id, win, count(*), sum(tok_hit), sum(tok_miss), sum(tok_reason), sum(tok_answer),
          sum(waived_in), sum(waived_out), sum(amount_pico)
        from fresh
        group by 1, 2, 3, 4, 5, 6, 7
        order by 1, 2, 3, 4, 5, 6, 7
        on conflict (tenant_id, hour, project_id, api_key_id, model_id, version_id, win)
        do update set
          requests = h.requests + excluded.requests,
          tok_hit = h.tok_hit + excluded.tok_hit,
          tok_miss = h.tok_miss + excluded.tok_miss,
          tok_reason = h.tok_reason + excluded.tok_reason,
          tok_answer = h.tok_answer + excluded.tok_answer,
          waived_in = h.waived_in + excluded.waived_in,
          waived_out = h.waived_out + excluded.waived_out,
          amount = h.amount + excluded.amount
      )
      select event_id from fresh
      """;

  private final JdbcTemplate jdbc;
  private final JdbcClient client;

  UsageTable(JdbcTemplate jdbc, JdbcClient client) {
    this.jdbc = jdbc;
    this.client = client;
  }

  /** Inserts what is new, under {@code journalId}, and returns its ids. */
  Set<UUID> insert(Collection<Row> rows, UUID journalId) {
    jdbc.execute(STAGE);
    copy(rows);
    var inserted = new HashSet<UUID>();
    client
        .sql(INSERT)
        .param(journalId)
        .query(
            row -> {
              inserted.add(row.getObject(1, UUID.class));
            });
    return inserted;
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

  private void copy(Collection<Row> rows) {
    var buffer = ByteBuffer.allocate(COPY_HEAD.length + rows.size() * ROW_BYTES + Short.BYTES);
    buffer.put(COPY_HEAD);
    for (Row row : rows) {
      put(buffer, row);
    }
    buffer.putShort((short) -1).flip();
    ConnectionCallback<Long> copyIn =
        connection -> {
          try {
            return connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn(
                    "copy staged_usage from stdin (format binary)",
                    new ByteBufferByteStreamWriter(buffer));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
    jdbc.execute(copyIn);
  }

  private static void put(ByteBuffer to, Row row) {
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
