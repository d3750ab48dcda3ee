package io.r1platform.api.replies;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.idempotency.AnswerCipher;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Keeps answers for a day. Everything happens in the caller's transaction. */
@Component
public class Replies {
  private static final Logger log = LoggerFactory.getLogger(Replies.class);
  private static final Duration KEPT = Duration.ofHours(24);
  private static final int MOST_OF_ONE = 10_000;
  private static final int SWEPT_AT_ONCE = 1_000;

  /**
   * A request under its key.
   *
   * @param principal whose key it is: another principal's is another one
   * @param path what it was posted to
   */
  public record Request(String principal, String path, SentKey sent) {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Row(
      String bodySha256,
      @Nullable Integer status,
      @Nullable String version,
      byte @Nullable [] answer) {}

  private final JdbcClient jdbc;
  private final AnswerCipher cipher;
  private final Clock clock;

  Replies(JdbcClient jdbc, AnswerCipher cipher, Clock clock) {
    this.jdbc = jdbc;
    this.cipher = cipher;
    this.clock = clock;
  }

  /**
   * Notes the request, or finds what it was answered; waits for another transaction that noted the
   * same. Nothing: it is to be carried out, for the first time, or again where nobody knows what
   * came of it.
   *
   * @throws ServiceException idempotency_conflict; rate_limit_exceeded where a principal has 10,000
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public Optional<Reply> begin(Request request) {
    if (insert(request)) {
      requireRoom(request.principal);
      return Optional.empty();
    }
    Optional<Row> before = find(request);
    if (before.isEmpty()) { // taken back meanwhile
      return begin(request);
    }
    Row row = before.get();
    if (!row.bodySha256.equals(request.sent.bodySha256())) {
      throw ServiceException.about(
          ErrorCode.IDEMPOTENCY_CONFLICT,
          "Idempotency-Key",
          "This Idempotency-Key came with another body within the last 24 hours. Nothing was"
              + " changed. Use another key for another request.");
    }
    Integer status = row.status;
    byte[] answer = row.answer;
    return status == null || answer == null
        ? Optional.empty()
        : Optional.of(new Reply(status, row.version, opened(request, answer), true));
  }

  /** Keeps the answer. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void end(Request request, Reply reply) {
    named(
            """
            update admin_reply set status = :status, version = :version, answer = :answer
            where principal = :principal and path = :path and key_sha256 = decode(:key, 'hex')
              and status is null
            """,
            request)
        .param("status", reply.status())
        .param("version", reply.version(), Types.VARCHAR)
        .param("answer", cipher.seal(reply.body(), name(request)))
        .update();
  }

  /** Frees the key of a request that was refused. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void forget(Request request) {
    named(
            """
            delete from admin_reply
            where principal = :principal and path = :path and key_sha256 = decode(:key, 'hex')
              and body_sha256 = decode(:body, 'hex') and status is null
            """,
            request)
        .param("body", request.sent.bodySha256())
        .update();
  }

  private boolean insert(Request request) {
    return named(
                """
                insert into admin_reply (principal, path, key_sha256, body_sha256, created_at)
                values (:principal, :path, decode(:key, 'hex'), decode(:body, 'hex'), :now)
                on conflict (principal, path, key_sha256) do update
                  set body_sha256 = excluded.body_sha256, created_at = excluded.created_at,
                    status = null, version = null, answer = null
                  where admin_reply.created_at <= :expired
                """,
                request)
            .param("body", request.sent.bodySha256())
            .param("now", now())
            .param("expired", now().minus(KEPT))
            .update()
        == 1;
  }

  private Optional<Row> find(Request request) {
    return named(
            """
            select encode(body_sha256, 'hex') as body, status, version, answer from admin_reply
            where principal = :principal and path = :path and key_sha256 = decode(:key, 'hex')
            """,
            request)
        .query((row, number) -> read(row))
        .optional();
  }

  private static Row read(ResultSet row) throws SQLException {
    return new Row(
        row.getString("body"),
        row.getObject("status", Integer.class),
        row.getString("version"),
        row.getBytes("answer"));
  }

  private void requireRoom(String principal) {
    long standing =
        jdbc.sql("select count(*) from admin_reply where principal = ?")
            .param(principal)
            .query(Long.class)
            .single();
    if (standing > MOST_OF_ONE) {
      throw ServiceException.later(
          ErrorCode.RATE_LIMIT_EXCEEDED,
          Duration.ofMinutes(10),
          "10,000 requests of yours with an Idempotency-Key stand already. Nothing was changed.");
    }
  }

  private byte[] opened(Request request, byte[] answer) {
    return cipher
        .open(answer, name(request))
        .orElseThrow(
            () ->
                ServiceException.about(
                    ErrorCode.INVALID_STATE,
                    "Idempotency-Key",
                    "This request was carried out, but its answer can be read no more. Nothing was"
                        + " changed now."));
  }

  private static String name(Request request) {
    return "admin_reply %s %s %s"
        .formatted(request.path, request.sent.keySha256(), request.principal);
  }

  private StatementSpec named(String sql, Request request) {
    return jdbc.sql(sql)
        .param("principal", request.principal)
        .param("path", request.path)
        .param("key", request.sent.keySha256());
  }

  /** Removes what is older than a day, some at a time. */
  @Scheduled(fixedDelayString = "10m", initialDelayString = "1m")
  void sweep() {
    try {
      while (removeSome() == SWEPT_AT_ONCE) {
        log.debug("more answers of the admin API are old");
      }
    } catch (DataAccessException e) {
      log.warn("old answers of the admin API could not be removed: {}", e.toString());
    }
  }

  private int removeSome() {
    return jdbc.sql(
            """
            delete from admin_reply where ctid = any (array(
              select ctid from admin_reply where created_at <= ?
              order by created_at limit ? for update skip locked))
            """)
        .params(now().minus(KEPT), SWEPT_AT_ONCE)
        .update();
  }

  private OffsetDateTime now() {
    return clock.instant().atOffset(ZoneOffset.UTC);
  }
}
