package io.r1platform.billing.budgets;

import io.r1platform.billing.errors.ServiceException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Does each command once: an id seen before gives what it gave then. */
@Component
class Commands {
  /**
   * What a command was about.
   *
   * @param budgetId the budget; null for a webhook target
   * @param targetId the webhook target; null for a budget
   */
  record Subject(@Nullable Long budgetId, @Nullable Long targetId) {}

  @SuppressWarnings("ArrayRecordComponent") // compared by hand, in constant time
  private record Done(byte[] bodySha256, Subject subject) {}

  private final JdbcClient jdbc;
  private final Clock clock;

  Commands(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /**
   * Does it, or finds what it did, in the caller's transaction.
   *
   * @param body all that the command says; two contents under one id are an error
   * @throws ServiceException {@code command_conflict}
   */
  Subject once(UUID id, String kind, Object body, Supplier<Subject> command) {
    byte[] hash = sha256(kind + " " + body);
    jdbc.sql("select pg_advisory_xact_lock(hashtextextended(?, 8))")
        .param(id.toString())
        .query((row, number) -> true)
        .single();
    Done before =
        jdbc.sql(
                """
                select body_sha256, budget_id, target_id from budget_command where command_id = ?
                """)
            .param(id)
            .query(
                (row, number) ->
                    new Done(
                        row.getBytes(1),
                        new Subject(row.getObject(2, Long.class), row.getObject(3, Long.class))))
            .optional()
            .orElse(null);
    if (before != null) {
      if (!MessageDigest.isEqual(before.bodySha256, hash)) {
        throw ServiceException.commandConflict(id.toString());
      }
      return before.subject;
    }
    Subject subject = command.get();
    jdbc.sql(
            """
            insert into budget_command (command_id, kind, body_sha256, budget_id, target_id, at)
            values (?, ?, ?, ?, ?, ?)
            """)
        .params(id, kind, hash)
        .param(subject.budgetId)
        .param(subject.targetId)
        .param(clock.instant().atOffset(ZoneOffset.UTC))
        .update();
    return subject;
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
