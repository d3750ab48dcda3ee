package io.r1platform.billing.adjustments;

import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.pages.ListPage;
import io.r1platform.billing.prices.Rated;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Re-ratings and the requests they changed; append-only. */
@Component
class RerateTable {
  private static final int CHUNK = 5_000;

  /**
   * A re-rating that was done.
   *
   * @param number by time
   * @param tenantId null: all whom the version's list is for
   * @param requests how many were rated again
   * @param changed how many of them got another version or window
   * @param unpriced how many the version has no price for
   * @param before what the requests were charged, in pico
   * @param after what they are charged now
   */
  record Done(
      long number,
      UUID commandId,
      String actor,
      String reason,
      long versionId,
      @Nullable Long tenantId,
      Instant from,
      Instant to,
      long requests,
      long changed,
      long unpriced,
      BigInteger before,
      BigInteger after,
      Instant doneAt) {
    static Done of(long number, Reratings.Order order, Totals totals, Instant now) {
      Repricing.Range range = order.range();
      return new Done(
          number,
          order.commandId(),
          order.actor(),
          order.reason(),
          range.versionId(),
          range.tenantId(),
          range.from(),
          range.to(),
          totals.requests(),
          totals.changed(),
          totals.unpriced(),
          totals.before(),
          totals.after(),
          now);
    }
  }

  private final JdbcClient jdbc;

  RerateTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Keeps other re-ratings out until the transaction ends; gives the next number. */
  long lockNext() {
    jdbc.sql("select pg_advisory_xact_lock(hashtext('billing.rerating'))").query(row -> {});
    return jdbc.sql("select coalesce(max(rerating_no), 0) + 1 from rerating")
        .query(Long.class)
        .single();
  }

  /**
   * What the command did, if it was done.
   *
   * @throws ServiceException {@code command_conflict} if its id was another command's
   */
  Optional<Done> find(Reratings.Order order) {
    Optional<Done> done =
        jdbc.sql("select * from rerating where command_id = ?")
            .param(order.commandId())
            .query((row, n) -> read(row))
            .optional();
    boolean other =
        done.isPresent()
            && !jdbc.sql("select encode(body_sha256, 'hex') from rerating where command_id = ?")
                .param(order.commandId())
                .query(String.class)
                .single()
                .equals(HexFormat.of().formatHex(sha256(order.body())));
    if (other) {
      throw ServiceException.commandConflict(order.commandId().toString());
    }
    return done;
  }

  /** The newest first, and one more than the page has. */
  List<Done> list(@Nullable Long tenantId, ListPage page) {
    return jdbc.sql(
            """
            select * from rerating
            where (cast(:tenant as bigint) is null or rerating_no in (
              select rerating_no from rerated_request where tenant_id = :tenant)) and
            """
                + page.following("rerating_no", true))
        .param("tenant", tenantId)
        .query((row, n) -> read(row))
        .list();
  }

  void insert(Done done, String body) {
    jdbc.sql(
            """
            insert into rerating (rerating_no, command_id, body_sha256, actor, reason, version_id,
              tenant_id, from_at, to_at, requests, changed, unpriced, old_amount, new_amount,
              done_at)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        .params(done.number, done.commandId, sha256(body), done.actor, done.reason, done.versionId)
        .param(done.tenantId)
        .params(utc(done.from), utc(done.to), done.requests, done.changed, done.unpriced)
        .params(new BigDecimal(done.before), new BigDecimal(done.after), utc(done.doneAt))
        .update();
  }

  Rows rows(long number) {
    return new Rows(number);
  }

  /** Takes changed requests and writes them in chunks. */
  final class Rows {
    private final long number;
    private final List<Repricing.Row> rows = new ArrayList<>();

    Rows(long number) {
      this.number = number;
    }

    void add(Repricing.Row row) {
      rows.add(row);
      if (rows.size() == CHUNK) {
        flush();
      }
    }

    void flush() {
      if (rows.isEmpty()) {
        return;
      }
      jdbc.sql(
              """
              insert into rerated_request (rerating_no, event_id, supersedes, tenant_id, project_id,
                api_key_id, model_id, admitted_at, tok_hit, tok_miss, tok_reason, tok_answer,
                old_version_id, old_win, old_amount, new_version_id, new_win, new_amount,
                batch)
              select ?, * from unnest(?::uuid[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[],
                ?::int[], ?::timestamptz[], ?::int[], ?::int[], ?::int[], ?::int[], ?::bigint[],
                ?::int[], ?::bigint[], ?::bigint[], ?::int[], ?::bigint[], ?::boolean[])
              """)
          .param(number)
          .param(column(Repricing.Row::eventId))
          .param(column(Repricing.Row::supersedes))
          .param(column(row -> row.charge().tenantId()))
          .param(column(Repricing.Row::projectId))
          .param(column(Repricing.Row::keyId))
          .param(column(row -> row.charge().modelId()))
          .param(column(row -> row.charge().admittedAt()))
          .param(column(row -> row.charge().hit()))
          .param(column(row -> row.charge().miss()))
          .param(column(row -> row.charge().reasoning()))
          .param(column(row -> row.charge().answer()))
          .param(column(Repricing.Row::version))
          .param(column(Repricing.Row::window))
          .param(column(Repricing.Row::amount))
          .param(column(row -> after(row).version().versionId()))
          .param(column(row -> after(row).window()))
          .param(column(row -> after(row).amountPico()))
          .param(column(row -> row.charge().batch()))
          .update();
      rows.clear();
    }

    private static Rated after(Repricing.Row row) {
      return Objects.requireNonNull(row.after(), "a changed request has a new price");
    }

    /** A PostgreSQL array literal of values that need no quoting. */
    private String column(Function<Repricing.Row, Object> value) {
      return rows.stream()
          .map(row -> value.apply(row).toString())
          .collect(Collectors.joining(",", "{", "}"));
    }
  }

  private static Done read(ResultSet row) throws SQLException {
    return new Done(
        row.getLong("rerating_no"),
        Objects.requireNonNull(row.getObject("command_id", UUID.class)),
        row.getString("actor"),
        row.getString("reason"),
        row.getLong("version_id"),
        row.getObject("tenant_id", Long.class),
        row.getObject("from_at", OffsetDateTime.class).toInstant(),
        row.getObject("to_at", OffsetDateTime.class).toInstant(),
        row.getLong("requests"),
        row.getLong("changed"),
        row.getLong("unpriced"),
        row.getBigDecimal("old_amount").toBigIntegerExact(),
        row.getBigDecimal("new_amount").toBigIntegerExact(),
        row.getObject("done_at", OffsetDateTime.class).toInstant());
  }

  private static OffsetDateTime utc(Instant moment) {
    return moment.atOffset(ZoneOffset.UTC);
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
