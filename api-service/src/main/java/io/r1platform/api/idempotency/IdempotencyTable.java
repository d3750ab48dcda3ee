package io.r1platform.api.idempotency;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Component;

/** Reads and writes the rows. Blocks. */
@Component
class IdempotencyTable {
  /** What stands for a charge that was not durable when its run ended. */
  static final String PENDING = "pending";

  private static final int SWEPT_AT_ONCE = 1_000;

  private final JdbcClient database;

  /** What a project has. */
  record Usage(long rows, long bytes) {}

  /**
   * A row.
   *
   * @param ownerLives whether its owner may still charge for it
   * @param charged null while it runs
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Row(
      UUID eventId,
      String bodySha256,
      String owner,
      boolean ownerLives,
      @Nullable String charged,
      byte @Nullable [] answer) {}

  IdempotencyTable(JdbcClient database) {
    this.database = database;
  }

  /** Writes the row unless a younger one than {@code expired} is there. Says whether it did. */
  boolean insert(KeyedRequest request, UUID eventId, String owner, Instant now, Instant expired) {
    return named(
                """
                insert into idempotency (project_id, path, key_sha256, body_sha256, event_id, owner,
                  created_at)
                values (:project, :path, decode(:key, 'hex'), decode(:body, 'hex'), :event, :owner,
                  :now)
                on conflict (project_id, path, key_sha256) do update
                  set body_sha256 = excluded.body_sha256, event_id = excluded.event_id,
                    owner = excluded.owner, created_at = excluded.created_at, charged = null,
                    answer = null
                  where idempotency.created_at <= :expired
                """,
                request)
            .param("body", request.bodySha256())
            .param("event", eventId)
            .param("owner", owner)
            .param("now", now.atOffset(ZoneOffset.UTC))
            .param("expired", expired.atOffset(ZoneOffset.UTC))
            .update()
        == 1;
  }

  /** The row, if it is younger than {@code expired}. */
  Optional<Row> find(KeyedRequest request, Instant expired) {
    return named(
            """
            select event_id, body_sha256, owner, charged, answer,
              exists (select from live_owner l where l.owner = i.owner) as owner_lives
            from idempotency i
            where project_id = :project and path = :path and key_sha256 = decode(:key, 'hex')
              and created_at > :expired
            """,
            request)
        .param("expired", expired.atOffset(ZoneOffset.UTC))
        .query((row, number) -> read(row))
        .optional();
  }

  private static Row read(ResultSet row) throws SQLException {
    return new Row(
        row.getObject("event_id", UUID.class),
        HexFormat.of().formatHex(row.getBytes("body_sha256")),
        row.getString("owner"),
        row.getBoolean("owner_lives"),
        row.getString("charged"),
        row.getBytes("answer"));
  }

  /** Notes how a run ended. False if the row is not this run's any more, or was noted before. */
  boolean finish(KeyedRequest request, UUID eventId, String charged, byte @Nullable [] answer) {
    return named(
                """
                update idempotency set charged = :charged, answer = :answer
                where project_id = :project and path = :path and key_sha256 = decode(:key, 'hex')
                  and event_id = :event and coalesce(charged, :pending) = :pending
                """,
                request)
            .param("event", eventId)
            .param("pending", PENDING)
            .param("charged", charged)
            .param("answer", answer, java.sql.Types.BINARY)
            .update()
        == 1;
  }

  /** Removes the row of a run that ended without a charge. */
  void remove(KeyedRequest request, UUID eventId) {
    named(
            """
            delete from idempotency
            where project_id = :project and path = :path and key_sha256 = decode(:key, 'hex')
              and event_id = :event and coalesce(charged, :pending) = :pending
            """,
            request)
        .param("event", eventId)
        .param("pending", PENDING)
        .update();
  }

  Usage usage(long projectId) {
    return database
        .sql(
            """
            select count(*), coalesce(sum(octet_length(answer)), 0) from idempotency
            where project_id = :project
            """)
        .param("project", projectId)
        .query((row, number) -> new Usage(row.getLong(1), row.getLong(2)))
        .single();
  }

  /** Removes some rows that are not younger than {@code expired}; true if there may be more. */
  boolean sweep(Instant expired) {
    return database
            .sql(
                """
                delete from idempotency where ctid = any (array(
                  select ctid from idempotency where created_at <= :expired
                  order by created_at limit :most for update skip locked))
                """)
            .param("expired", expired.atOffset(ZoneOffset.UTC))
            .param("most", SWEPT_AT_ONCE)
            .update()
        == SWEPT_AT_ONCE;
  }

  private StatementSpec named(String sql, KeyedRequest request) {
    return database
        .sql(sql)
        .param("project", request.projectId())
        .param("path", request.path())
        .param("key", request.keySha256());
  }
}
