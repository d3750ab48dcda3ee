package io.r1platform.api.contents;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The table of prompts and answers. A row without content says that its content must not be
 * written. Blocks.
 */
@Component
class ContentTable {
  private static final int SWEPT_AT_ONCE = 1_000;

  private final JdbcClient database;

  /**
   * A row.
   *
   * @param sealed compressed and encrypted
   * @param expiresAt from when on it is gone
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Row(byte[] sealed, Instant admittedAt, Instant expiresAt) {}

  ContentTable(JdbcClient database) {
    this.database = database;
  }

  /**
   * Writes a row, if its project wanted that when the request began and still does; the lock makes
   * whoever opts out meanwhile wait, and then delete the row. False if it was not to be written.
   */
  boolean insert(Recording.Asked asked, byte[] sealed, Instant now) {
    return database
            .sql(
                """
                insert into request_content (project_id, event_id, admitted_at, content)
                select p.id, :event, :admitted, :content from project p
                where p.id = :project and p.content_since <= :admitted
                  and :admitted > :now - make_interval(days => p.content_days)
                for share
                on conflict do nothing
                """)
            .param("project", asked.projectId())
            .param("event", asked.eventId())
            .param("admitted", asked.admittedAt().atOffset(ZoneOffset.UTC))
            .param("now", now.atOffset(ZoneOffset.UTC))
            .param("content", sealed)
            .update()
        == 1;
  }

  Optional<Row> find(long projectId, UUID eventId, Instant now) {
    return database
        .sql(
            """
            select c.content, c.admitted_at,
              c.admitted_at + make_interval(days => p.content_days) as expires_at
            from request_content c join project p on p.id = c.project_id
            where c.project_id = :project and c.event_id = :event and c.content is not null
              and c.admitted_at >= p.content_since
              and c.admitted_at > :now - make_interval(days => p.content_days)
            """)
        .param("project", projectId)
        .param("event", eventId)
        .param("now", now.atOffset(ZoneOffset.UTC))
        .query(
            (row, number) ->
                new Row(
                    row.getBytes("content"),
                    row.getObject("admitted_at", OffsetDateTime.class).toInstant(),
                    row.getObject("expires_at", OffsetDateTime.class).toInstant()))
        .optional();
  }

  /** Empties a row. False if there is none with content. */
  boolean delete(long projectId, UUID eventId) {
    return database
            .sql(
                """
                update request_content set content = null
                where project_id = ? and event_id = ? and content is not null
                """)
            .params(projectId, eventId)
            .update()
        == 1;
  }

  /** Writes or leaves an empty row, where the project keeps contents at all. */
  void forbid(long projectId, UUID eventId, Instant now) {
    database
        .sql(
            """
            insert into request_content (project_id, event_id, admitted_at)
            select id, :event, :now from project
            where id = :project and content_days is not null
            on conflict (project_id, event_id) do update set content = null
            """)
        .param("project", projectId)
        .param("event", eventId)
        .param("now", now.atOffset(ZoneOffset.UTC))
        .update();
  }

  long bytes(long projectId) {
    return database
        .sql(
            """
            select coalesce(sum(octet_length(content)), 0) from request_content
            where project_id = ?
            """)
        .param(projectId)
        .query(Long.class)
        .single();
  }

  /** Removes some rows that are over; true if there may be more. */
  boolean sweep(Instant now) {
    return database
            .sql(
                """
                delete from request_content where ctid = any (array(
                  select c.ctid from request_content c join project p on p.id = c.project_id
                  where p.content_days is null or c.admitted_at < p.content_since
                    or c.admitted_at <= :now - make_interval(days => p.content_days)
                  limit :most for update of c skip locked))
                """)
            .param("now", now.atOffset(ZoneOffset.UTC))
            .param("most", SWEPT_AT_ONCE)
            .update()
        == SWEPT_AT_ONCE;
  }
}
