package io.r1platform.api.requests;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads and writes the rows. */
@Component
class RequestLogTable {
  private final JdbcTemplate jdbc;
  private final JdbcClient client;

  RequestLogTable(JdbcTemplate jdbc, JdbcClient client) {
    this.jdbc = jdbc;
    this.client = client;
  }

  /** Writes rows; one that is there already is left alone. */
  void insert(List<LoggedRequest> rows) {
    jdbc.batchUpdate(
        """
        insert into request_log (bucket, event_id, organization_id, project_id, key_id, model_id,
          model, upstream, replica, streamed, tok_hit, tok_miss, tok_reason, tok_answer, waived_in,
          waived_out, ttft_ms, gap_p50_us, gap_p95_us, finish, amount_pico, price_sha256,
          price_version, win, admitted_at, finished_at)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        on conflict do nothing
        """,
        rows.stream().map(RequestLogTable::values).toList());
  }

  private static @Nullable Object[] values(LoggedRequest r) {
    return new @Nullable Object[] {
      LoggedRequest.bucket(r.eventId()),
      r.eventId(),
      r.organizationId(),
      r.projectId(),
      r.keyId(),
      r.modelId(),
      r.model(),
      r.upstream(),
      r.replica(),
      r.streamed(),
      r.hit(),
      r.miss(),
      r.reasoning(),
      r.answer(),
      r.waivedInput(),
      r.waivedOutput(),
      r.ttftMillis(),
      r.gapMedianMicros(),
      r.gapP95Micros(),
      r.finish(),
      r.amountPico(),
      r.priceSha256(),
      r.priceVersion(),
      r.window(),
      r.admittedAt().atOffset(ZoneOffset.UTC),
      r.finishedAt().atOffset(ZoneOffset.UTC)
    };
  }

  /** Those of the requests that were logged. */
  Map<UUID, LoggedRequest> find(Collection<UUID> ids) {
    var found = new HashMap<UUID, LoggedRequest>();
    client
        .sql(
            """
            select r.* from unnest(?::date[], ?::uuid[]) as asked(bucket, event_id)
              join request_log r using (bucket, event_id)
            """)
        .param(ids.stream().map(id -> LoggedRequest.bucket(id).toString()).toArray(String[]::new))
        .param(ids.stream().map(UUID::toString).toArray(String[]::new))
        .query(
            row -> {
              LoggedRequest request = read(row);
              found.put(request.eventId(), request);
            });
    return found;
  }

  /** Over the newest rows of a project, so that no project's size makes it slow. */
  Optional<Integer> medianOutput(long projectId, Instant since) {
    return client
        .sql(
            """
            select percentile_disc(0.5) within group (order by output) from (
              select tok_reason + tok_answer as output from request_log
              where project_id = :project and admitted_at >= :since
                and bucket >= cast(:since as timestamptz)::date - 1
                and tok_reason + tok_answer > 0
              order by admitted_at desc limit 1000) newest
            """)
        .param("project", projectId)
        .param("since", since.atOffset(ZoneOffset.UTC))
        .query((row, n) -> row.getObject(1, Integer.class))
        .optional();
  }

  void makePartitions(Instant now) {
    client
        .sql("select ensure_request_log_partitions(?)")
        .param(now.atOffset(ZoneOffset.UTC).toLocalDate())
        .query((row, n) -> true)
        .single();
  }

  int dropBefore(Instant first) {
    return client
        .sql("select drop_request_log(?)")
        .param(first.atOffset(ZoneOffset.UTC).toLocalDate())
        .query(Integer.class)
        .single();
  }

  private static LoggedRequest read(ResultSet row) throws SQLException {
    return new LoggedRequest(
        row.getObject("event_id", UUID.class),
        row.getLong("organization_id"),
        row.getLong("project_id"),
        row.getLong("key_id"),
        row.getInt("model_id"),
        row.getString("model"),
        row.getString("upstream"),
        row.getString("replica"),
        row.getBoolean("streamed"),
        row.getInt("tok_hit"),
        row.getInt("tok_miss"),
        row.getInt("tok_reason"),
        row.getInt("tok_answer"),
        row.getInt("waived_in"),
        row.getInt("waived_out"),
        row.getObject("ttft_ms", Integer.class),
        row.getObject("gap_p50_us", Long.class),
        row.getObject("gap_p95_us", Long.class),
        row.getString("finish"),
        row.getLong("amount_pico"),
        row.getString("price_sha256"),
        row.getString("price_version"),
        row.getInt("win"),
        row.getObject("admitted_at", OffsetDateTime.class).toInstant(),
        row.getObject("finished_at", OffsetDateTime.class).toInstant());
  }
}
