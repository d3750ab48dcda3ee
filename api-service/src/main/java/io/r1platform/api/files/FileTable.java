package io.r1platform.api.files;

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

/** Reads and writes files and their chunks. Blocks. */
@Component
class FileTable {
  private static final int SWEPT_AT_ONCE = 100;
  private static final String COLUMNS =
      "file_id, project_id, purpose, filename, bytes, created_at, expires_at";

  private final JdbcClient database;

  /** What a project has. */
  record Usage(long files, long bytes) {}

  /** A file that came under a key, and the hash of what came. */
  record Keyed(StoredFile file, String contentSha256) {}

  FileTable(JdbcClient database) {
    this.database = database;
  }

  /** Writes a file of which nothing has come. */
  void begin(StoredFile file) {
    database
        .sql(
            """
            insert into file (file_id, project_id, purpose, filename, bytes, created_at, expires_at,
              ready)
            values (?, ?, ?, ?, 0, ?, ?, false)
            """)
        .params(file.id(), file.projectId(), file.purpose(), file.filename())
        .params(utc(file.createdAt()), utc(file.expiresAt()))
        .update();
  }

  /** Makes it whole. False if it was removed meanwhile. */
  boolean finish(StoredFile file, @Nullable String keySha256, @Nullable String contentSha256) {
    return database
            .sql(
                """
                update file set purpose = ?, filename = ?, bytes = ?, created_at = ?,
                  expires_at = ?, ready = true,
                  key_sha256 = decode(?, 'hex'), content_sha256 = decode(?, 'hex')
                where file_id = ? and not ready
                """)
            .params(file.purpose(), file.filename(), file.bytes())
            .params(utc(file.createdAt()), utc(file.expiresAt()))
            .param(keySha256)
            .param(contentSha256)
            .param(file.id())
            .update()
        == 1;
  }

  void putChunk(UUID id, int ord, byte[] content) {
    database
        .sql("insert into file_chunk (file_id, ord, content) values (?, ?, ?)")
        .params(id, ord, content)
        .update();
  }

  Optional<byte[]> chunk(UUID id, int ord) {
    return database
        .sql("select content from file_chunk where file_id = ? and ord = ?")
        .params(id, ord)
        .query(byte[].class)
        .optional();
  }

  /** A whole file of a project that is not over. */
  Optional<StoredFile> find(long projectId, UUID id, Instant now) {
    return database
        .sql(
            "select %s from file where file_id = ? and project_id = ? and ready".formatted(COLUMNS)
                + " and (expires_at > ? or used_by > 0)")
        .params(id, projectId, utc(now))
        .query((row, number) -> read(row))
        .optional();
  }

  /** The file that came under a key after {@code expired}. */
  Optional<Keyed> find(long projectId, String keySha256, Instant expired) {
    return database
        .sql(
            """
            select %s, encode(content_sha256, 'hex') as content from file
            where project_id = ? and key_sha256 = decode(?, 'hex') and created_at > ? and ready
            """
                .formatted(COLUMNS))
        .params(projectId, keySha256, utc(expired))
        .query((row, number) -> new Keyed(read(row), row.getString("content")))
        .optional();
  }

  /** Frees a key that stood long enough, or whose file is over. */
  void freeKey(long projectId, String keySha256, Instant expired, Instant now) {
    database
        .sql(
            """
            update file set key_sha256 = null, content_sha256 = null
            where project_id = ? and key_sha256 = decode(?, 'hex')
              and (created_at <= ? or (expires_at <= ? and used_by = 0))
            """)
        .params(projectId, keySha256, utc(expired), utc(now))
        .update();
  }

  /**
   * Whole files of a project by time.
   *
   * @param purpose null: any
   * @param after null: from the beginning
   */
  List<StoredFile> page(
      long projectId,
      @Nullable String purpose,
      @Nullable StoredFile after,
      boolean newestFirst,
      int limit,
      Instant now) {
    return database
        .sql(
            """
            select %s from file
            where project_id = :project and ready and (expires_at > :now or used_by > 0)
              and (cast(:purpose as text) is null or purpose = :purpose)
              and (cast(:id as uuid) is null or (created_at, file_id) %s (:at, cast(:id as uuid)))
            order by created_at %s, file_id %s limit :limit
            """
                .formatted(
                    COLUMNS,
                    newestFirst ? "<" : ">",
                    newestFirst ? "desc" : "asc",
                    newestFirst ? "desc" : "asc"))
        .param("project", projectId)
        .param("now", utc(now))
        .param("purpose", purpose)
        .param("id", after == null ? null : after.id())
        .param("at", utc(after == null ? now : after.createdAt()))
        .param("limit", limit)
        .query((row, number) -> read(row))
        .list();
  }

  /** Waits for whoever else adds to the project's files in a transaction. */
  void lock(long projectId) {
    database
        .sql("select pg_advisory_xact_lock(hashtextextended('api.file', ?))")
        .param(projectId)
        .query(row -> {});
  }

  Usage usage(long projectId) {
    return database
        .sql("select count(*), coalesce(sum(bytes), 0) from file where project_id = ? and ready")
        .param(projectId)
        .query((row, number) -> new Usage(row.getLong(1), row.getLong(2)))
        .single();
  }

  /** Removes a file that no batch reads. Says whether it did. */
  boolean delete(UUID id) {
    return database.sql("delete from file where file_id = ? and used_by = 0").param(id).update()
        == 1;
  }

  /** One batch more, or fewer, reads it. False if it is not there. */
  boolean use(UUID id, int more) {
    return database
            .sql("update file set used_by = used_by + ? where file_id = ? and ready")
            .params(more, id)
            .update()
        == 1;
  }

  /** Removes some files that are over, or did not become whole; true if there may be more. */
  boolean sweep(Instant now, Instant begunBefore) {
    return database
            .sql(
                """
                delete from file where file_id in (
                  select file_id from file
                  where used_by = 0
                    and (expires_at <= :now or (not ready and created_at <= :begun))
                  limit :most for update skip locked)
                """)
            .param("now", utc(now))
            .param("begun", utc(begunBefore))
            .param("most", SWEPT_AT_ONCE)
            .update()
        == SWEPT_AT_ONCE;
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private static StoredFile read(ResultSet row) throws SQLException {
    return new StoredFile(
        row.getObject("file_id", UUID.class),
        row.getLong("project_id"),
        row.getString("purpose"),
        row.getString("filename"),
        row.getLong("bytes"),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        row.getObject("expires_at", OffsetDateTime.class).toInstant());
  }
}
