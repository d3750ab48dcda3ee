package io.r1platform.api.metering;

import io.r1platform.api.prices.Tokens;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What the journal says, for the console and reconciliation. Blocks. Days are UTC days of the event
 * id, the first inclusive, the second exclusive; null means no bound.
 */
@Component
public class JournalReports {
  private static final String BOUNDS =
      """
      bucket >= coalesce(cast(:from as date), '-infinity')
        and bucket < coalesce(cast(:to as date), 'infinity')
      """;

  private static final Duration MARGIN = Duration.ofSeconds(10);

  private final JdbcClient database;
  private final JdbcTemplate connection;
  private final TransactionTemplate transaction;

  /**
   * Sums over all replicas.
   *
   * @param admitted ADMITs
   * @param finals FINALs
   * @param input charged prompt tokens
   * @param output charged output tokens
   * @param costPico their price
   * @param open ADMITs without FINAL
   * @param unshipped FINALs that billing has not acknowledged
   * @param orphans FINALs written at a restart or by a peer
   */
  public record Summary(
      long admitted,
      long finals,
      BigInteger input,
      BigInteger output,
      BigInteger costPico,
      long open,
      long unshipped,
      long orphans) {}

  /** A request that somebody else than its gateway settled, and how. */
  public record Orphan(UUID eventId, String settled) {}

  /** One request; {@code finish} is {@code admit} while it runs. */
  public record Entry(
      UUID eventId,
      long organizationId,
      long projectId,
      long keyId,
      int modelId,
      Instant admittedAt,
      @Nullable Instant finishedAt,
      Tokens tokens,
      String finish,
      long amountPico,
      String priceSha256,
      Labels labels) {}

  JournalReports(JdbcTemplate connection) {
    this.connection = connection;
    this.database = JdbcClient.create(connection);
    var dataSource = Objects.requireNonNull(connection.getDataSource());
    this.transaction = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
  }

  /** Sums of days that may take longer than the connection has patience otherwise. */
  Summary summary(LocalDate from, LocalDate to, Duration patience) {
    return transaction.execute(
        status -> {
          connection.execute(patient(patience.plus(MARGIN)));
          database
              .sql("select set_config('statement_timeout', ?, true)")
              .param(Long.toString(patience.toMillis()))
              .query(String.class)
              .single();
          return summary(from, to);
        });
  }

  /** The pool takes it back when the connection returns. */
  private static ConnectionCallback<@Nullable Void> patient(Duration longest) {
    return own -> {
      own.setNetworkTimeout(Runnable::run, (int) longest.toMillis());
      return null;
    };
  }

  /** Sums of the journal. Reads every record in the bounds. */
  public Summary summary(@Nullable LocalDate from, @Nullable LocalDate to) {
    return database
        .sql(
            """
            with j as (select * from usage_journal where %s),
            sums as (
              select count(*) filter (where kind = 'A') as admitted,
                count(*) filter (where kind = 'F') as finals,
                coalesce(sum(field_int(record, 64) + field_int(record, 68))
                  filter (where kind = 'F'), 0) as input,
                coalesce(sum(field_int(record, 72) + field_int(record, 76))
                  filter (where kind = 'F'), 0) as output,
                coalesce(sum(field_bigint(record, 128)) filter (where kind = 'F'), 0) as cost,
                count(*) filter (where kind = 'F' and (get_byte(record, 3) & 2) = 2) as orphans,
                count(*) filter (where kind = 'F' and not exists (
                  select from shipping s
                  where s.replica_id = j.replica_id and s.epoch = j.epoch
                    and s.acked_seq >= j.ship_seq)) as unshipped
              from j)
            select *, (
              select count(*) from j a where a.kind = 'A' and not exists (
                select from usage_journal f
                where f.bucket = a.bucket and f.event_id = a.event_id and f.kind = 'F')) as open
            from sums
            """
                .formatted(BOUNDS))
        .param("from", from)
        .param("to", to)
        .query(
            (row, n) ->
                new Summary(
                    row.getLong("admitted"),
                    row.getLong("finals"),
                    row.getBigDecimal("input").toBigIntegerExact(),
                    row.getBigDecimal("output").toBigIntegerExact(),
                    row.getBigDecimal("cost").toBigIntegerExact(),
                    row.getLong("open"),
                    row.getLong("unshipped"),
                    row.getLong("orphans")))
        .single();
  }

  /** FINALs that billing has not acknowledged. Reads what is unshipped only. */
  public long unshipped() {
    return database
        .sql(
            """
            select count(j.ship_seq) from shipping s
              join usage_journal j on j.replica_id = s.replica_id and j.epoch = s.epoch
                and j.kind = 'F' and j.ship_seq > s.acked_seq
            where s.reported_at is null
            """)
        .query(Long.class)
        .single();
  }

  /**
   * Days from one to another, excluded, that the journal has dropped because billing had all of
   * them for 35 days; none of the last 35 is among them.
   */
  public long daysDropped(LocalDate from, LocalDate to) {
    return database
        .sql("select count(*) from journal_dropped where day >= ? and day < ?")
        .params(from, to)
        .query(Long.class)
        .single();
  }

  /** FINALs written at a restart or by a peer, newest first. */
  public List<Orphan> orphans(@Nullable LocalDate from, @Nullable LocalDate to, int limit) {
    return database
        .sql(
            """
            select record from usage_journal
            where kind = 'F' and (get_byte(record, 3) & 2) = 2 and %s
            order by event_id desc limit :limit
            """
                .formatted(BOUNDS))
        .param("from", from)
        .param("to", to)
        .param("limit", limit)
        .query((row, n) -> UsageRecordCodec.decode(row.getBytes(1)))
        .list()
        .stream()
        .map(record -> new Orphan(record.eventId(), record.finish().name()))
        .toList();
  }

  /** One request by its id, its FINAL if there is one, else its ADMIT. */
  public Optional<Entry> find(UUID eventId) {
    if (eventId.version() != 7) {
      return Optional.empty();
    }
    return database
        .sql(
            """
            select record, labels from usage_journal
            where bucket = :bucket and event_id = :event order by kind desc limit 1
            """)
        .param("bucket", UsageRecord.bucket(eventId))
        .param("event", eventId)
        .query(
            (row, n) ->
                entry(UsageRecordCodec.decode(row.getBytes(1)), Labels.read(row.getBytes(2))))
        .optional();
  }

  /**
   * A request's receipt.
   *
   * @param text {@code v1.} and the record in base64url
   */
  public record Receipt(long organizationId, long projectId, String text) {}

  /** The receipt of a request by its id; empty while it runs. */
  public Optional<Receipt> receipt(UUID eventId) {
    if (eventId.version() != 7) {
      return Optional.empty();
    }
    return database
        .sql(
            """
            select record from usage_journal
            where bucket = :bucket and event_id = :event and kind = 'F'
            """)
        .param("bucket", UsageRecord.bucket(eventId))
        .param("event", eventId)
        .query((row, n) -> UsageRecordCodec.decode(row.getBytes(1)))
        .optional()
        .map(r -> new Receipt(r.organizationId(), r.projectId(), UsageRecordCodec.receipt(r)));
  }

  private static Entry entry(UsageRecord record, Labels labels) {
    return new Entry(
        record.eventId(),
        record.organizationId(),
        record.projectId(),
        record.keyId(),
        record.modelId(),
        instant(record.admittedAtMicros()),
        record.finishedAtMicros() == 0 ? null : instant(record.finishedAtMicros()),
        record.charged(),
        record.finish().wire(),
        record.amount().value(),
        record.priceSha256(),
        labels);
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
