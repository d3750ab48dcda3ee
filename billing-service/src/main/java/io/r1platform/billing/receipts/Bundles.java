package io.r1platform.billing.receipts;

import io.r1platform.billing.prices.PriceBook;
import io.r1platform.receipts.BillBundle;
import io.r1platform.receipts.Calendars;
import io.r1platform.receipts.Hasher;
import io.r1platform.receipts.LogTree;
import io.r1platform.receipts.MonthStatement;
import io.r1platform.receipts.NoteSigner;
import io.r1platform.receipts.TiledLog;
import io.r1platform.receipts.TrustedKeys;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Makes the bundle of an organization's month, which {@code r1-verify-bill} checks. What the log
 * once says of a month it says for ever: whoever calls has made sure that the month is over, that
 * nothing of it is held, and that months come in their order. Memory does not grow with records.
 */
@Component
public class Bundles {
  /** A bundle cannot be made, or not yet; says why. */
  public static final class Impossible extends RuntimeException {
    private final Why why;

    public Impossible(Why why, String what) {
      super(what);
      this.why = why;
    }

    /** Why. */
    public Why why() {
      return why;
    }
  }

  /** Why a bundle cannot be made. */
  public enum Why {
    /** The log has no key to sign with. */
    KEY,
    /** A record is not in the log yet. */
    LOG,
    /** The invoice's lines charge something else. */
    LINES,
    /** The log, or the invoice, says something else of the month. */
    CHANGED
  }

  /** Has the last word before the log is told of a month, which it cannot take back. */
  @FunctionalInterface
  public interface Check {
    /**
     * Looks at what would be said.
     *
     * @throws Impossible if that is not what the invoice bills
     */
    void of(MonthStatement statement);
  }

  private record Ended(String statement, long logIndex, long startSize, long endSize) {}

  private final JdbcClient jdbc;
  private final PriceBook prices;
  private final BilledRecords records;
  private final BilledLines lines;
  private final Receipts receipts;
  private final LogSigner signer;
  private final Sequencer sequencer;
  private final ReceiptLog log;
  private final TransactionTemplate transaction;

  Bundles(
      JdbcClient jdbc,
      PriceBook prices,
      BilledRecords records,
      BilledLines lines,
      Receipts receipts,
      LogSigner signer,
      Sequencer sequencer,
      ReceiptLog log,
      TransactionTemplate transaction) {
    this.jdbc = jdbc;
    this.prices = prices;
    this.records = records;
    this.lines = lines;
    this.receipts = receipts;
    this.signer = signer;
    this.sequencer = sequencer;
    this.log = log;
    this.transaction = transaction;
  }

  /** Whether this process has a key to sign with. */
  public boolean canSign() {
    return signer.signer().isPresent();
  }

  /** The size of the newest checkpoint; 0 while there is none. */
  public long logSize() {
    return jdbc.sql("select coalesce(max(size), 0) from log_checkpoint").query(Long.class).single();
  }

  /** How an invoice's lines of usage and its records, with re-ratings, differ; for people. */
  public Optional<String> difference(long invoice, BilledUsage usage) {
    return lines.difference(invoice, usage);
  }

  /**
   * Writes it. The first time, the month's statement goes to the log; later calls write the same
   * records, statement and checkpoints.
   *
   * @param check of what the log would be told
   * @param invoice JSON as docs/receipts.md says
   * @param pdf of the invoice, or null
   * @return what the log says of the month
   * @throws Impossible if it cannot be made; nothing was written
   */
  public MonthStatement write(
      OutputStream out, BilledUsage usage, Check check, String invoice, @Nullable Path pdf)
      throws IOException {
    NoteSigner key =
        signer
            .signer()
            .orElseThrow(() -> new Impossible(Why.KEY, "The log has no key to sign with."));
    Path scratch = Files.createTempDirectory("r1-export-bundle-"); // swept as drafts of exports are
    try (var bundle =
        new BillBundle(scratch, usage.organization(), usage.month(), usage.currency())) {
      transaction.executeWithoutResult(status -> addRecords(bundle, usage));
      check.of(bundle.statement());
      Ended ended = ended(usage, bundle.statement());
      var hasher = new Hasher();
      var tree =
          new LogTree(
              new TiledLog((level, tile) -> Tiles.stored(jdbc, level, tile), hasher), hasher);
      bundle.write(
          out,
          new BillBundle.Ending(
              ended.logIndex,
              checkpoint(ended.startSize),
              checkpoint(ended.endSize),
              TrustedKeys.parse(receipts.keys(), "keys"),
              new Calendars(prices.calendars()),
              records.repriced(usage),
              records.prices(usage),
              invoice,
              pdf),
          tree,
          key);
      return bundle.statement();
    } finally {
      Files.deleteIfExists(scratch);
    }
  }

  private void addRecords(BillBundle bundle, BilledUsage usage) {
    try {
      records.each(usage, bundle::add);
    } catch (BilledRecords.NotLogged e) {
      throw new Impossible(Why.LOG, String.valueOf(e.getMessage()));
    }
  }

  private Ended ended(BilledUsage usage, MonthStatement statement) {
    Ended ended = find(usage);
    if (ended == null) {
      state(usage, statement);
      ended = find(usage);
    }
    if (ended == null || !ended.statement.equals(statement.text())) {
      throw new Impossible(
          Why.CHANGED,
          "The month has changed since the log has its statement: it cannot be bundled again.");
    }
    return ended;
  }

  private @Nullable Ended find(BilledUsage usage) {
    return jdbc.sql(
            """
            select statement, log_index, start_size, end_size from log_month
            where tenant_id = ? and currency = ? and month = ?
            """)
        .params(usage.organization(), usage.currency(), usage.month().atDay(1))
        .query(
            (row, n) -> new Ended(row.getString(1), row.getLong(2), row.getLong(3), row.getLong(4)))
        .optional()
        .orElse(null);
  }

  /** Logs the statement under an id of its own, so that a repeat after a crash finds it. */
  private void state(BilledUsage usage, MonthStatement statement) {
    String name =
        "r1-month %d %s %s".formatted(usage.organization(), usage.month(), usage.currency());
    UUID id = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    byte[] leaf = new Hasher().leaf(statement.bytes()).bytes();
    boolean logged =
        jdbc.sql("select from log_batch where journal_id = ?")
            .param(id)
            .query((row, n) -> true)
            .optional()
            .isPresent();
    if (!logged) {
      log.add(id, leaf);
    }
    while (sequencer.sequence() > 0) {
      Thread.onSpinWait(); // until all that waits has its place
    }
    jdbc.sql(
            """
            insert into log_month (tenant_id, month, currency, statement, log_index, start_size,
              end_size)
            select :organization, :month, :currency, :statement, b.first_index,
              coalesce((select m.end_size from log_month m
                where m.tenant_id = :organization and m.currency = :currency and m.month < :month
                order by m.month desc limit 1), 0),
              (select max(size) from log_checkpoint)
            from log_batch b
            where b.journal_id = :id and b.leaves = :leaf and b.first_index is not null
            on conflict do nothing
            """)
        .param("organization", usage.organization())
        .param("month", usage.month().atDay(1))
        .param("currency", usage.currency())
        .param("statement", statement.text())
        .param("id", id)
        .param("leaf", leaf)
        .update();
  }

  private String checkpoint(long size) {
    return jdbc.sql("select note from log_checkpoint where size = ?")
        .param(size)
        .query(String.class)
        .single();
  }
}
