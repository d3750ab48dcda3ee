package io.r1platform.inference.receipts;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The receipts in PostgreSQL: rows are added and read, never changed. */
@Component
class ReceiptTable {
  private static final HexFormat HEX = HexFormat.of();
  private static final String APPEND =
      """
      with mine as (
        select instance_id from engine_instance
        where instance_id = ? and ended_at is null for share
      ), added as (
        insert into engine_receipt (instance_id, bucket, event_id, attempt, ship_seq, model_id,
            replica, tok_hit, tok_miss, tok_reason, tok_out, finish, output_sha256,
            started_at, ended_at)
        select mine.instance_id, r.*
        from mine, unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) r
        on conflict do nothing
        returning 1
      )
      select (select count(*) from mine) as mine, (select count(*) from added) as added
      """;

  private final JdbcTemplate jdbc;
  private final JdbcClient client;
  private final TransactionTemplate transaction;

  ReceiptTable(JdbcTemplate jdbc, PlatformTransactionManager transactions) {
    this.jdbc = jdbc;
    this.client = JdbcClient.create(jdbc);
    this.transaction = new TransactionTemplate(transactions);
  }

  void makePartitions() {
    client.sql("select make_receipt_partitions()").query(Integer.class).single();
  }

  /**
   * What became of old days.
   *
   * @param dropped days that are gone now
   * @param kept days that are old and stay, for billing does not have all of them
   */
  record Dropped(int dropped, int kept) {}

  /** Drops the days before {@code first} of which billing has everything, each by itself. */
  Dropped dropDays(LocalDate first) {
    int dropped = 0;
    Dropped one = dropDay(first);
    while (one.dropped() > 0) {
      dropped += one.dropped();
      one = dropDay(first);
    }
    return new Dropped(dropped, one.kept());
  }

  private Dropped dropDay(LocalDate first) {
    return client
        .sql("select dropped, kept from drop_receipts(?)")
        .param(first)
        .query((row, _) -> new Dropped(row.getInt("dropped"), row.getInt("kept")))
        .single();
  }

  /**
   * Adds receipts with numbers from {@code firstSeq}, all or none. Calling again with the same rows
   * and numbers after an unknown outcome is harmless.
   */
  Appended append(UUID instanceId, long firstSeq, List<Receipt> receipts) {
    return Objects.requireNonNull(
        transaction.execute(
            status -> {
              long[] counts = insert(instanceId, firstSeq, receipts);
              if (counts[0] == 0) {
                return new Appended.Fenced();
              }
              if (counts[1] < receipts.size()) {
                Set<Appended.Key> taken = taken(instanceId, firstSeq, receipts);
                if (!taken.isEmpty()) {
                  status.setRollbackOnly();
                  return new Appended.Taken(taken);
                }
              }
              return new Appended.Written();
            }));
  }

  private long[] insert(UUID instanceId, long firstSeq, List<Receipt> receipts) {
    return Objects.requireNonNull(
        jdbc.execute(
            (Connection connection) -> {
              try (PreparedStatement statement = connection.prepareStatement(APPEND)) {
                bind(statement, instanceId, firstSeq, receipts);
                try (ResultSet row = statement.executeQuery()) {
                  row.next();
                  return new long[] {row.getLong("mine"), row.getLong("added")};
                }
              }
            }));
  }

  private static void bind(
      PreparedStatement statement, UUID instanceId, long firstSeq, List<Receipt> receipts)
      throws SQLException {
    var columns = new Columns(statement, receipts);
    statement.setObject(1, instanceId);
    columns.set("date", receipt -> EventIds.bucket(receipt.eventId()));
    columns.set("uuid", Receipt::eventId);
    columns.set("int4", Receipt::attempt);
    var seq = new java.util.concurrent.atomic.AtomicLong(firstSeq);
    columns.set("int8", _ -> seq.getAndIncrement());
    columns.set("int4", Receipt::modelId);
    columns.set("text", Receipt::replica);
    columns.set("int4", Receipt::tokHit);
    columns.set("int4", Receipt::tokMiss);
    columns.set("int4", Receipt::tokReason);
    columns.set("int4", Receipt::tokOut);
    columns.set("text", receipt -> receipt.finish().wire());
    columns.setBytes(receipt -> HEX.parseHex(receipt.outputSha256()));
    columns.set("timestamptz", receipt -> receipt.startedAt().atOffset(ZoneOffset.UTC));
    columns.set("timestamptz", receipt -> receipt.endedAt().atOffset(ZoneOffset.UTC));
  }

  /** Sets one array parameter after the other, from the second on. */
  private static final class Columns {
    private final PreparedStatement statement;
    private final List<Receipt> receipts;
    private int index = 2;

    Columns(PreparedStatement statement, List<Receipt> receipts) {
      this.statement = statement;
      this.receipts = receipts;
    }

    void set(String type, Function<Receipt, Object> value) throws SQLException {
      set(type, receipts.stream().map(value).toArray());
    }

    void setBytes(Function<Receipt, byte[]> value) throws SQLException {
      set("bytea", receipts.stream().map(value).toArray(byte[][]::new));
    }

    private void set(String type, Object[] values) throws SQLException {
      Array array = statement.getConnection().createArrayOf(type, values);
      statement.setArray(index++, array);
    }
  }

  /** Of these receipts, those that lie in the table under another instance or number. */
  private Set<Appended.Key> taken(UUID instanceId, long firstSeq, List<Receipt> receipts) {
    var taken = new HashSet<Appended.Key>();
    for (int i = 0; i < receipts.size(); i++) {
      Receipt receipt = receipts.get(i);
      boolean mine =
          client
              .sql(
                  """
                  select count(*) = 1 from engine_receipt
                  where bucket = ? and event_id = ? and attempt = ?
                    and instance_id = ? and ship_seq = ?
                  """)
              .param(EventIds.bucket(receipt.eventId()))
              .param(receipt.eventId())
              .param(receipt.attempt())
              .param(instanceId)
              .param(firstSeq + i)
              .query(Boolean.class)
              .single();
      if (!mine) {
        taken.add(Appended.Key.of(receipt));
      }
    }
    return taken;
  }

  /**
   * Up to {@code limit} receipts of a stream after {@code seq}, in order and without a gap.
   *
   * @param lastSeq where the stream ends; null while it may go on
   * @throws IllegalStateException if the next one is in a day that was dropped, which can only be
   *     after a restore of billing from a backup that is as old
   */
  List<Receipt> after(UUID instanceId, long seq, @Nullable Long lastSeq, int limit) {
    List<Receipt> receipts =
        client
            .sql(
                """
                select * from engine_receipt
                where instance_id = ? and ship_seq > ? order by ship_seq limit ?
                """)
            .param(instanceId)
            .param(seq)
            .param(limit)
            .query(
                (row, index) -> {
                  if (row.getLong("ship_seq") != seq + 1 + index) {
                    throw dropped(seq + 1 + index, instanceId);
                  }
                  return receipt(row);
                })
            .list();
    if (receipts.isEmpty() && lastSeq != null && seq < lastSeq) {
      throw dropped(seq + 1, instanceId);
    }
    return receipts;
  }

  private static IllegalStateException dropped(long seq, UUID instanceId) {
    return new IllegalStateException(
        "Receipt %d of stream %s is dropped".formatted(seq, instanceId));
  }

  private static Receipt receipt(ResultSet row) throws SQLException {
    return new Receipt(
        row.getObject("event_id", UUID.class),
        row.getInt("attempt"),
        row.getInt("model_id"),
        row.getString("replica"),
        row.getInt("tok_hit"),
        row.getInt("tok_miss"),
        row.getInt("tok_reason"),
        row.getInt("tok_out"),
        Receipt.Finish.valueOf(row.getString("finish").toUpperCase(java.util.Locale.ROOT)),
        HEX.formatHex(row.getBytes("output_sha256")),
        row.getObject("started_at", java.time.OffsetDateTime.class).toInstant(),
        row.getObject("ended_at", java.time.OffsetDateTime.class).toInstant());
  }
}
