package io.r1platform.api.console;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.replies.Replies;
import io.r1platform.api.replies.Reply;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.databind.json.JsonMapper;

/**
 * Carries changes out and answers them: once under an {@code Idempotency-Key}, not at all in a dry
 * run. What is refused frees its key.
 */
@Component
final class Writes {
  private static final String REPLAYED = "x-r1-replayed";
  private static final String DRY_RUN = "x-r1-dry-run";
  private static final long LOOK_AGAIN_NANOS = 50_000_000;
  private static final int MOST_LOOKS = 300; // 15 s

  /**
   * What came of a change.
   *
   * @param status of the answer; of a dry run 200
   * @param version of the object, its entity tag; null if it has none
   * @param body written as JSON; null for none
   */
  record Made(HttpStatus status, @Nullable String version, @Nullable Object body) {
    static Made ok(String version, Object body) {
      return new Made(HttpStatus.OK, version, body);
    }

    static Made created(String version, Object body) {
      return new Made(HttpStatus.CREATED, version, body);
    }
  }

  private final Replies replies;
  private final TransactionOperations transactions;
  private final JsonMapper json;

  Writes(Replies replies, TransactionOperations transactions, JsonMapper json) {
    this.replies = replies;
    this.transactions = transactions;
    this.json = json;
  }

  /**
   * Changes rows of this database. The change, its rows in the trail and its kept answer are one
   * transaction, which a dry run rolls back.
   */
  ResponseEntity<byte[]> own(Write write, Supplier<Made> change) {
    Reply reply =
        transactions.execute(
            status -> {
              Optional<Reply> before = begin(write);
              if (before.isPresent()) {
                return before.get();
              }
              Reply made = reply(write, change.get());
              if (write.isDryRun()) {
                status.setRollbackOnly();
              } else if (write.again() != null) {
                replies.end(write.again(), made);
              }
              return made;
            });
    return answer(write, reply);
  }

  /**
   * The same of an object with a version: where that is another one, the refusal has the object as
   * it is now.
   */
  ResponseEntity<byte[]> own(Write write, Supplier<Object> current, Supplier<Made> change) {
    try {
      return own(write, change);
    } catch (OptimisticLockingFailureException e) {
      throw ServiceException.because(
              ErrorCode.STALE_VERSION, "It has changed since you read it. Read it again.", e)
          .with(Map.of("current", current.get()));
    } catch (ServiceException e) {
      throw e.code() == ErrorCode.STALE_VERSION ? e.with(Map.of("current", current.get())) : e;
    }
  }

  /**
   * Has billing change something, which does each command once. The key is noted before and the
   * answer after; who repeats it meanwhile waits for that. Where nobody knows what came of it, the
   * same body is sent to billing again.
   */
  ResponseEntity<byte[]> ordered(Write write, Supplier<Made> order) {
    Replies.Request again = write.again();
    if (again == null) {
      return answer(write, reply(write, order.get()));
    }
    UUID holder = UUID.randomUUID();
    Reply before = turn(again, holder);
    if (before != null) {
      return answer(write, before);
    }
    boolean known = false;
    try {
      Reply made = reply(write, order.get());
      transactions.executeWithoutResult(status -> replies.end(again, made, holder));
      known = true;
      return answer(write, made);
    } catch (ServiceException e) {
      if (e.code().kind() == ErrorCode.Kind.CALLER) {
        transactions.executeWithoutResult(status -> replies.forget(again, holder));
        known = true;
      }
      throw e;
    } finally {
      if (!known) {
        transactions.executeWithoutResult(status -> replies.release(again, holder));
      }
    }
  }

  /** What it was answered; null once it is the caller's turn to carry it out. */
  private @Nullable Reply turn(Replies.Request again, UUID holder) {
    for (int looks = 0; looks < MOST_LOOKS; looks++) {
      Replies.Turn turn =
          Objects.requireNonNull(transactions.execute(status -> replies.take(again, holder)));
      if (turn.reply() != null || turn.isMine()) {
        return turn.reply();
      }
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
    throw ServiceException.later(
        ErrorCode.IDEMPOTENCY_CONFLICT,
        Duration.ofSeconds(5),
        "The same request is still under way. Send it again.");
  }

  private Optional<Reply> begin(Write write) {
    Replies.Request again = write.again();
    return again == null ? Optional.empty() : replies.begin(again);
  }

  private Reply reply(Write write, Made made) {
    HttpStatus status =
        write.isDryRun() && made.status == HttpStatus.CREATED ? HttpStatus.OK : made.status;
    byte[] body = made.body == null ? new byte[0] : json.writeValueAsBytes(made.body);
    return new Reply(status.value(), made.version, body, false);
  }

  private static ResponseEntity<byte[]> answer(Write write, Reply reply) {
    var answer = ResponseEntity.status(reply.status());
    if (reply.version() != null) {
      answer.eTag(reply.version());
    }
    if (reply.replayed()) {
      answer.header(REPLAYED, "true");
    }
    if (write.isDryRun()) {
      answer.header(DRY_RUN, "true");
    }
    return reply.body().length == 0
        ? answer.build()
        : answer.contentType(MediaType.APPLICATION_JSON).body(reply.body());
  }
}
