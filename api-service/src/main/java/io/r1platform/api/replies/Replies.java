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
import java.util.UUID;
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
  private static final Duration HELD = Duration.ofMinutes(1);
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
    return Optional.ofNullable(begin(request, null).reply);
  }

  /**
   * Whose turn it is.
   *
   * @param reply what it was answered; null: nobody knows yet
   * @param isMine whether the caller is to carry it out; if not, and there is no reply, somebody
   *     else does so now
   */
  public record Turn(@Nullable Reply reply, boolean isMine) {}

  /**
   * The same for who carries it out in between, outside of any transaction: nobody else does within
   * a minute, until {@link #end}, {@link #forget} or {@link #release}.
   *
   * @param holder that one, unlike any other
   * @throws ServiceException as {@link #begin}
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public Turn take(Request request, UUID holder) {
    return begin(request, holder);
  }

  private Turn begin(Request request, @Nullable UUID holder) {
    if (insert(request, holder)) {
      requireRoom(request.principal);
      return new Turn(null, true);
    }
    Optional<Row> before = find(request);
    if (before.isEmpty()) { // taken back meanwhile
      return begin(request, holder);
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
        ? new Turn(null, holder == null || takeOver(request, holder))
        : new Turn(new Reply(status, row.version, opened(request, answer), true), false);
  }

  /** Where nobody has it, or somebody has had it for too long. */
  private boolean takeOver(Request request, UUID holder) {
    return named(
                """
                update admin_reply set holder = :holder, held_until = :until
                where principal = :principal and path = :path and key_sha256 = decode(:key, 'hex')
                  and status is null and (held_until is null or held_until <= :now)
                """,
                request)
            .param("holder", holder)
            .param("until", now().plus(HELD))
            .param("now", now())
            .update()
        == 1;
  }

  /** Keeps the answer. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void end(Request request, Reply reply) {
    end(request, reply, null);
  }

  /** The same of who took it; nothing where somebody else has it now. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void end(Request request, Reply reply, @Nullable UUID holder) {
    named(
            """
            update admin_reply set status = :status, version = :version, answer = :answer,
              holder = null, held_until = null
            where principal = :principal and path = :path and key_sha256 = decode(:key, 'hex')
              and status is null and holder is not distinct from :holder::uuid
            """,
            request)
        .param("holder", holder, Types.OTHER)
        .param("status", reply.status())
        .param("version", reply.version(), Types.VARCHAR)
        .param("answer", cipher.seal(reply.body(), name(request)))
        .update();
  }

  /** Lets another one carry out what nobody knows the end of. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void release(Request request, UUID holder) {
    named(
            """
            update admin_reply set holder = null, held_until = null
            where principal = :principal and path = :path and key_sha256 = decode(:key, 'hex')
              and holder = :holder
            """,
            request)
        .param("holder", holder)
        .update();
  }

  /** Frees the key of a request that was refused to who took it. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void forget(Request request, UUID holder) {
    named(
            """
            delete from admin_reply
            where principal = :principal and path = :path and key_sha256 = decode(:key, 'hex')
              and body_sha256 = decode(:body, 'hex') and status is null and holder = :holder
            """,
            request)
        .param("holder", holder)
        .param("body", request.sent.bodySha256())
        .update();
  }

  private boolean insert(Request request, @Nullable UUID holder) {
    return named(
                """
                insert into admin_reply (principal, path, key_sha256, body_sha256, created_at,
                  holder, held_until)
                values (:principal, :path, decode(:key, 'hex'), decode(:body, 'hex'), :now,
                  :holder, :until)
                on conflict (principal, path, key_sha256) do update
                  set body_sha256 = excluded.body_sha256, created_at = excluded.created_at,
                    status = null, version = null, answer = null, holder = excluded.holder,
                    held_until = excluded.held_until
                  where admin_reply.created_at <= :expired
                """,
                request)
            .param("body", request.sent.bodySha256())
            .param("now", now())
            .param("holder", holder, Types.OTHER)
            .param("until", holder == null ? null : now().plus(HELD), Types.TIMESTAMP_WITH_TIMEZONE)
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
