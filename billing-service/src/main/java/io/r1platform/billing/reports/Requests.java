package io.r1platform.billing.reports;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads single requests in keyset pages. */
@Component
class Requests {
  /**
   * Where a page begins: after this request.
   *
   * @param admittedAt when it was admitted
   * @param id its id
   */
  record Cursor(Instant admittedAt, UUID id) {
    static Optional<Cursor> parse(String text) {
      try {
        String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.US_ASCII);
        int space = plain.indexOf(' ');
        return Optional.of(
            new Cursor(
                Instant.parse(plain.substring(0, Math.max(space, 0))),
                UUID.fromString(plain.substring(space + 1))));
      } catch (IllegalArgumentException | DateTimeException e) {
        return Optional.empty();
      }
    }

    String text() {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString((admittedAt + " " + id).getBytes(StandardCharsets.US_ASCII));
    }
  }

  /**
   * Which of them.
   *
   * @param after those that follow this one; null: from the first on
   * @param limit at most so many
   */
  record Part(@Nullable Cursor after, boolean newestFirst, int limit) {}

  private static final RowMapper<ChargedRequest> ROW = (row, n) -> ChargedRequest.read(row);

  private final JdbcClient jdbc;

  Requests(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Requests admitted in {@code days}. */
  List<ChargedRequest> page(Days days, Scope scope, @Nullable Integer finish, Part part) {
    Cursor after = part.after;
    boolean down = part.newestFirst;
    String sql =
        """
        select * from charged_request
        where admitted_at >= :from and admitted_at < :to
          and bucket >= :firstBucket and bucket <= :lastBucket
          and (cast(:finish as int) is null or finish = :finish)
          and (cast(:afterId as uuid) is null or (admitted_at, event_id) %2$s (:afterAt, :afterId))
          and %1$s
        order by admitted_at %3$s, event_id %3$s limit :limit
        """
            .formatted(Scope.FILTER, down ? "<" : ">", down ? "desc" : "asc");
    OffsetDateTime afterAt =
        after == null ? Sums.midnight(days.to()) : after.admittedAt().atOffset(ZoneOffset.UTC);
    return jdbc.sql(sql)
        .param("from", Sums.midnight(days.from()))
        .param("to", Sums.midnight(days.to()))
        .param("firstBucket", days.from().minusDays(1))
        .param("lastBucket", days.to().plusDays(1))
        .param("finish", finish)
        .param("afterAt", afterAt)
        .param("afterId", after == null ? null : after.id())
        .param("organizationId", scope.organizationId())
        .param("projectId", scope.projectId())
        .param("apiKeyId", scope.apiKeyId())
        .param("modelId", scope.modelId())
        .param("limit", part.limit)
        .query(ROW)
        .list();
  }

  /** One request by its id. */
  Optional<ChargedRequest> find(UUID id) {
    return jdbc.sql("select * from charged_request where bucket = :bucket and event_id = :id")
        .param("bucket", bucket(id))
        .param("id", id)
        .query(ROW)
        .optional();
  }

  /** The price of each class in the version that a request was admitted under. */
  List<RequestView.Line> lines(ChargedRequest request) {
    return jdbc.sql(
            """
            select sku, unit_pico from unit_price
            where version_id = :version and model_id = :model and win = :window
              and (sku like '%\\_BATCH') = :batch
            """)
        .param("version", request.versionId())
        .param("model", request.modelId())
        .param("window", request.window())
        .param("batch", request.isBatch())
        .query(
            (row, n) ->
                RequestView.Line.of(row.getString("sku"), row.getLong("unit_pico"), request))
        .list();
  }

  /** The newest attempt's receipt. */
  Optional<RequestView.Receipt> receipt(UUID id) {
    return jdbc.sql(
            """
            select * from engine_attempt where bucket = :bucket and event_id = :id
            order by attempt desc limit 1
            """)
        .param("bucket", bucket(id))
        .param("id", id)
        .query((row, n) -> RequestView.Receipt.read(row))
        .optional();
  }

  /** The journal that a request was posted in: its batch's, by account. */
  List<RequestView.Entry> entries(UUID journalId, long tenantId) {
    return jdbc.sql(
            """
            select account, sum(amount) as amount from posted_entry
            where journal_id = :journal and tenant_id = :tenant group by account order by account
            """)
        .param("journal", journalId)
        .param("tenant", tenantId)
        .query((row, n) -> RequestView.Entry.read(row))
        .list();
  }

  private static LocalDate bucket(UUID id) {
    return LocalDate.ofInstant(
        Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16), ZoneOffset.UTC);
  }
}
