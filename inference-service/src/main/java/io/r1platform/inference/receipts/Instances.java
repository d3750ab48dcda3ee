package io.r1platform.inference.receipts;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The processes that wrote receipts, and how far each one's stream is with billing. */
@Component
class Instances {
  private final JdbcClient client;
  private final TransactionTemplate transaction;

  Instances(JdbcClient client, PlatformTransactionManager transactions) {
    this.client = client;
    this.transaction = new TransactionTemplate(transactions);
  }

  /** Registers a process and ends those of its name that came before: they write nothing more. */
  void begin(UUID instanceId, String name, Instant startedAt) {
    transaction.executeWithoutResult(
        _ -> {
          List<UUID> earlier =
              client
                  .sql(
                      """
                      select instance_id from engine_instance
                      where name = ? and ended_at is null for update
                      """)
                  .param(name)
                  .query(UUID.class)
                  .list();
          earlier.forEach(this::end);
          client
              .sql("insert into engine_instance (instance_id, name, started_at) values (?, ?, ?)")
              .param(instanceId)
              .param(name)
              .param(startedAt.atOffset(ZoneOffset.UTC))
              .update();
        });
  }

  /**
   * Ends a process's stream at its last receipt, which may be in a day that was dropped; harmless
   * if it is ended.
   */
  void end(UUID instanceId) {
    client
        .sql(
            """
            update engine_instance set ended_at = now(), last_seq = (
              select greatest(shipped_seq, max(ship_seq)) from engine_receipt
              where instance_id = ?)
            where instance_id = ? and ended_at is null
            """)
        .param(instanceId)
        .param(instanceId)
        .update();
  }

  /** The streams of this name that billing does not know to be ended, oldest first. */
  List<Stream> open(String name) {
    return client
        .sql(
            """
            select instance_id, started_at, shipped_seq, last_seq from engine_instance
            where name = ? and reported_at is null order by started_at, instance_id
            """)
        .param(name)
        .query(
            (row, _) ->
                new Stream(
                    row.getObject("instance_id", UUID.class),
                    row.getObject("started_at", OffsetDateTime.class).toInstant(),
                    row.getLong("shipped_seq"),
                    row.getObject("last_seq", Long.class)))
        .list();
  }

  /** Billing has everything up to {@code seq}; after a restore there it may go back. */
  void shipped(UUID instanceId, long seq) {
    client
        .sql("update engine_instance set shipped_seq = ? where instance_id = ?")
        .param(seq)
        .param(instanceId)
        .update();
  }

  /** Billing knows that the stream is ended. */
  void reported(UUID instanceId) {
    client
        .sql("update engine_instance set reported_at = now() where instance_id = ?")
        .param(instanceId)
        .update();
  }
}
