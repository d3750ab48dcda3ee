package io.r1platform.billing.receipts;

import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Where usage is written to be logged. */
@Component
public class ReceiptLog {
  private final JdbcClient jdbc;

  ReceiptLog(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Keeps the leaves of a journal's records, in the caller's transaction; the sequencer takes them
   * up within a second of the commit.
   *
   * @param leaves 32 bytes each, by event id as PostgreSQL orders them
   */
  public void add(UUID journalId, byte[] leaves) {
    jdbc.sql("insert into log_batch (journal_id, leaves) values (?, ?)")
        .params(journalId, leaves)
        .update();
  }
}
