package io.r1platform.billing.credit;

import io.r1platform.billing.errors.ServiceException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** The record of who ordered what: append-only, one row per command id. */
@Component
class CreditCommands {
  /** What a command may be. */
  enum Kind {
    TOP_UP,
    GRANT,
    PAYMENT,
    TERMS,
    REVERSAL
  }

  /**
   * An order.
   *
   * @param id from whoever orders; a repeat has the same
   * @param tenantId for which organization
   * @param kind what
   * @param actor who, for the audit
   * @param body everything else, as text
   */
  record Command(UUID id, long tenantId, Kind kind, String actor, Map<String, String> body) {
    Command {
      body = new TreeMap<>(body);
    }
  }

  private final JdbcClient jdbc;
  private final JsonMapper json;
  private final Clock clock;

  CreditCommands(JdbcClient jdbc, JsonMapper json, Clock clock) {
    this.jdbc = jdbc;
    this.json = json;
    this.clock = clock;
  }

  /** Keeps two with one id apart until the transaction ends. */
  void lock(UUID id) {
    jdbc.sql("select pg_advisory_xact_lock(hashtextextended(?, 0))")
        .param("credit-command|" + id)
        .query(row -> {});
  }

  /**
   * Whether the command was done before, with the same content. Who asked may differ.
   *
   * @throws ServiceException {@code command_conflict} if its id was another command's
   */
  boolean isDone(Command command) {
    Optional<String> stored =
        jdbc.sql(
                """
                select encode(body_sha256, 'hex') from credit_command where command_id = ?
                """)
            .param(command.id)
            .query(String.class)
            .optional();
    if (stored.isPresent()
        && !Arrays.equals(HexFormat.of().parseHex(stored.get()), hash(command))) {
      throw ServiceException.commandConflict(command.id.toString());
    }
    return stored.isPresent();
  }

  /** Whether a command of that id was done, whatever it said. */
  boolean isKnown(UUID id) {
    return jdbc.sql("select exists (select from credit_command where command_id = ?)")
        .param(id)
        .query(Boolean.class)
        .single();
  }

  void record(Command command, @Nullable UUID journal) {
    jdbc.sql(
            """
            insert into credit_command (command_id, tenant_id, kind, actor, body, body_sha256,
              journal_id, at)
            values (?, ?, ?, ?, ?::jsonb, ?, ?, ?)
            """)
        .params(command.id, command.tenantId, command.kind.name(), command.actor)
        .params(json.writeValueAsString(command.body), hash(command))
        .param(journal)
        .param(clock.instant().atOffset(ZoneOffset.UTC))
        .update();
  }

  private byte[] hash(Command command) {
    String text =
        command.tenantId + "|" + command.kind + "|" + json.writeValueAsString(command.body);
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
