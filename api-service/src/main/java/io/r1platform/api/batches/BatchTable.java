package io.r1platform.api.batches;

import io.r1platform.api.batches.Batch.Status;
import io.r1platform.api.relay.LineRuns.Endpoint;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Reads and writes batches. Blocks. A change of status names the one before, so it is made once.
 */
@Component
class BatchTable {
  private static final int MOST_OPEN = 10_000;
  private static final int REMOVED_AT_ONCE = 100;

  /** Until it ends, its lines are counted as they are. */
  private static final String SELECT =
      """
      select b.*,
        case when ended_at is null then l.completed else b.completed end as completed_now,
        case when ended_at is null then l.failed else b.failed end as failed_now
      from batch b cross join lateral (
        select count(*) filter (where not l.failed) as completed,
          count(*) filter (where l.failed) as failed
        from batch_line l
        where b.ended_at is null and l.batch_id = b.batch_id and l.state = 'done') l
      """;

  private final JdbcClient database;

  /** A batch that was made under a key, and the hash of the body that made it. */
  record Keyed(Batch batch, String bodySha256) {}

  BatchTable(JdbcClient database) {
    this.database = database;
  }

  /** Waits for whoever else makes a batch of the project in a transaction. */
  void lock(long projectId) {
    database
        .sql("select pg_advisory_xact_lock(hashtextextended('api.batch', ?))")
        .param(projectId)
        .query(row -> {});
  }

  void insert(Batch batch, @Nullable String keySha256, @Nullable String bodySha256) {
    database
        .sql(
            """
            insert into batch (batch_id, project_id, organization_id, api_key_id, input_file_id,
              endpoint, metadata, output_seconds, status, created_at, expires_at, key_sha256,
              body_sha256)
            values (?, ?, ?, ?, ?, ?, cast(? as jsonb), ?, 'validating', ?, ?, decode(?, 'hex'),
              decode(?, 'hex'))
            """)
        .params(batch.id(), batch.projectId(), batch.organizationId(), batch.keyId())
        .params(batch.inputFileId(), batch.endpoint().path())
        .param(batch.metadata())
        .param(batch.outputSeconds())
        .params(utc(batch.createdAt()), utc(batch.expiresAt()))
        .param(keySha256)
        .param(bodySha256)
        .update();
  }

  /** How many of a project's have not ended. */
  int openOf(long projectId) {
    return database
        .sql("select count(*) from batch where project_id = ? and ended_at is null")
        .param(projectId)
        .query(Integer.class)
        .single();
  }

  Optional<Batch> find(long projectId, UUID id) {
    return database
        .sql(SELECT + "where batch_id = ? and project_id = ?")
        .params(id, projectId)
        .query((row, number) -> read(row))
        .optional();
  }

  /** The batch that was made under a key after {@code expired}. */
  Optional<Keyed> find(long projectId, String keySha256, Instant expired) {
    return database
        .sql(SELECT + "where project_id = ? and key_sha256 = decode(?, 'hex') and created_at > ?")
        .params(projectId, keySha256, utc(expired))
        .query((row, number) -> new Keyed(read(row), hex(row.getBytes("body_sha256"))))
        .optional();
  }

  /** Frees a key that stood long enough. */
  void freeKey(long projectId, String keySha256, Instant expired) {
    database
        .sql(
            """
            update batch set key_sha256 = null, body_sha256 = null
            where project_id = ? and key_sha256 = decode(?, 'hex') and created_at <= ?
            """)
        .params(projectId, keySha256, utc(expired))
        .update();
  }

  /** A project's batches, the newest first, those older than {@code after} if that is given. */
  List<Batch> page(long projectId, @Nullable Batch after, int limit) {
    return database
        .sql(
            SELECT
                + """
                where project_id = :project
                  and (cast(:id as uuid) is null
                    or (created_at, batch_id) < (:at, cast(:id as uuid)))
                order by created_at desc, batch_id desc limit :limit
                """)
        .param("project", projectId)
        .param("id", after == null ? null : after.id())
        .param("at", utc(after == null ? Instant.EPOCH : after.createdAt()))
        .param("limit", limit)
        .query((row, number) -> read(row))
        .list();
  }

  /** All that have not ended, the oldest first. Their lines are not counted. */
  List<Batch> open() {
    return database
        .sql(
            """
            select b.*, 0 as completed_now, 0 as failed_now from batch b
            where ended_at is null order by created_at limit ?
            """)
        .param(MOST_OPEN)
        .query((row, number) -> read(row))
        .list();
  }

  /** Takes a batch in that status for the transaction; empty if another has it, or it is not. */
  Optional<Batch> take(UUID id, List<Status> in) {
    return database
        .sql(
            """
            select b.*, 0 as completed_now, 0 as failed_now from batch b
            where batch_id = :id and status in (:in) and ended_at is null
            for update skip locked
            """)
        .param("id", id)
        .param("in", in.stream().map(Status::wire).toList())
        .query((row, number) -> read(row))
        .optional();
  }

  /** Its lines may run. */
  void begin(UUID id, int total, Instant now) {
    database
        .sql(
            "update batch set status = 'in_progress', total = ?, started_at = ? where batch_id = ?")
        .params(total, utc(now), id)
        .update();
  }

  /** Nothing of it starts any more, and it ends like that. False if that was settled before. */
  boolean settle(
      Batch batch, Status outcome, Instant now, Instant stopAt, @Nullable String errors) {
    return database
            .sql(
                """
                update batch set status = 'finalizing', outcome = :outcome, finalizing_at = :now,
                  stop_at = :stop, errors = cast(:errors as jsonb), blocked = null
                where batch_id = :id and status = 'in_progress'
                """)
            .param("outcome", outcome.wire())
            .param("now", utc(now))
            .param("stop", utc(stopAt))
            .param("errors", errors)
            .param("id", batch.id())
            .update()
        == 1;
  }

  /** Its lines run again: it was to end as completed, but a line has no result. */
  void resume(UUID id) {
    database
        .sql(
            """
            update batch set status = 'in_progress', outcome = null, finalizing_at = null,
              stop_at = null
            where batch_id = ? and status = 'finalizing'
            """)
        .param(id)
        .update();
  }

  /**
   * Nothing of it starts any more, since it is cancelled. False if it is too late for that, or
   * while another transaction has it.
   */
  boolean cancel(UUID id, Instant now, Instant stopAt) {
    return database
            .sql(
                """
                update batch set status = 'cancelling', outcome = 'cancelled', cancelling_at = :now,
                  stop_at = :stop, blocked = null
                where batch_id in (
                  select batch_id from batch
                  where batch_id = :id and status in ('validating', 'in_progress')
                  for update skip locked)
                """)
            .param("now", utc(now))
            .param("stop", utc(stopAt))
            .param("id", id)
            .update()
        == 1;
  }

  /** It has ended, and what its lines came to is in these files. */
  void end(
      UUID id,
      Status status,
      Instant now,
      int completed,
      int failed,
      @Nullable UUID output,
      @Nullable UUID error) {
    database
        .sql(
            """
            update batch set status = ?, ended_at = ?, completed = ?, failed = ?,
              output_file_id = ?, error_file_id = ?, blocked = null
            where batch_id = ?
            """)
        .params(status.wire(), utc(now), completed, failed)
        .param(output)
        .param(error)
        .param(id)
        .update();
  }

  /** Its file is no batch. */
  void reject(UUID id, String errors, Instant now) {
    database
        .sql(
            """
            update batch set status = 'failed', outcome = 'failed', errors = cast(? as jsonb),
              ended_at = ?
            where batch_id = ?
            """)
        .params(errors, utc(now), id)
        .update();
  }

  /** Notes what stands in the way of its lines; null: nothing does. */
  void block(UUID id, @Nullable String blocked) {
    database
        .sql(
            """
            update batch set blocked = cast(:blocked as jsonb)
            where batch_id = :id and status = 'in_progress'
              and blocked is distinct from cast(:blocked as jsonb)
            """)
        .param("blocked", blocked)
        .param("id", id)
        .update();
  }

  /** Removes some that ended before that; true if there may be more. */
  boolean removeSome(Instant endedBefore) {
    return database
            .sql(
                """
                delete from batch where batch_id in (
                  select batch_id from batch where ended_at < ? limit ? for update skip locked)
                """)
            .params(utc(endedBefore), REMOVED_AT_ONCE)
            .update()
        == REMOVED_AT_ONCE;
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  private static String hex(byte[] hash) {
    return java.util.HexFormat.of().formatHex(hash);
  }

  private static Batch read(ResultSet row) throws SQLException {
    String outcome = row.getString("outcome");
    return new Batch(
        row.getObject("batch_id", UUID.class),
        row.getLong("project_id"),
        row.getLong("organization_id"),
        row.getLong("api_key_id"),
        row.getObject("input_file_id", UUID.class),
        Endpoint.of(row.getString("endpoint")).orElseThrow(),
        row.getString("metadata"),
        row.getObject("output_seconds", Integer.class),
        Status.of(row.getString("status")),
        outcome == null ? null : Status.of(outcome),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        row.getObject("expires_at", OffsetDateTime.class).toInstant(),
        instant(row, "started_at"),
        instant(row, "finalizing_at"),
        instant(row, "cancelling_at"),
        instant(row, "stop_at"),
        instant(row, "ended_at"),
        row.getInt("total"),
        row.getInt("completed_now"),
        row.getInt("failed_now"),
        row.getObject("output_file_id", UUID.class),
        row.getObject("error_file_id", UUID.class),
        row.getString("errors"),
        row.getString("blocked"));
  }
}
