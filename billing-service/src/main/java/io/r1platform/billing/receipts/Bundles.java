package io.r1platform.billing.receipts;

import io.r1platform.billing.errors.ServiceException;
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
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Makes the bundle of an organization's month, which {@code r1-verify-bill} checks. The month must
 * be over, and nothing of it held: what the log once says of a month it says for ever.
 */
@Component
public class Bundles {
  private static final int FETCH = 5_000;
  private static final String RECORDS =
      """
      from charged_request r left join usage_correction k using (bucket, event_id)
      where r.tenant_id = :organization and r.currency = :currency
        and coalesce(k.effective_on, (r.admitted_at at time zone 'UTC')::date) >= :from
        and coalesce(k.effective_on, (r.admitted_at at time zone 'UTC')::date) < :to
        and r.bucket < cast(:to as date) + 1
      """;

  /**
   * Whose month.
   *
   * @param month UTC; of requests that were confirmed late, the month of that
   * @param currency ISO 4217
   */
  public record Month(long organization, YearMonth month, String currency) {
    private LocalDate first() {
      return month.atDay(1);
    }
  }

  private record Ended(String statement, long logIndex, long endSize) {}

  private final JdbcClient jdbc;
  private final PriceBook prices;
  private final Receipts receipts;
  private final LogSigner signer;
  private final Sequencer sequencer;
  private final ReceiptLog log;
  private final TransactionTemplate transaction;

  Bundles(
      JdbcClient jdbc,
      PriceBook prices,
      Receipts receipts,
      LogSigner signer,
      Sequencer sequencer,
      ReceiptLog log,
      TransactionTemplate transaction) {
    this.jdbc = jdbc;
    this.prices = prices;
    this.receipts = receipts;
    this.signer = signer;
    this.sequencer = sequencer;
    this.log = log;
    this.transaction = transaction;
  }

  /**
   * Writes it. The first time, the month's statement goes to the log; later calls write the same
   * records, statement and checkpoints.
   *
   * @param invoice JSON as docs/receipts.md says
   * @param pdf of the invoice, or null
   * @throws ServiceException if the log is not signed, or has something else of this month
   */
  public void write(OutputStream out, Month month, String invoice, @Nullable Path pdf)
      throws IOException {
    NoteSigner key =
        signer
            .signer()
            .orElseThrow(() -> ServiceException.invalidRequest("The log has no key to sign with."));
    Path scratch = Files.createTempDirectory("r1-bundle");
    try (var bundle = new BillBundle(scratch, month.organization, month.month, month.currency)) {
      transaction.executeWithoutResult(status -> addRecords(bundle, month));
      Ended ended = ended(month, bundle.statement());
      var hasher = new Hasher();
      var tree =
          new LogTree(
              new TiledLog((level, tile) -> Tiles.stored(jdbc, level, tile), hasher), hasher);
      bundle.write(
          out,
          new BillBundle.Ending(
              ended.logIndex,
              checkpoint(startSize(month)),
              checkpoint(ended.endSize),
              TrustedKeys.parse(receipts.keys(), "keys"),
              new Calendars(prices.calendars()),
              priceTexts(month),
              invoice,
              pdf),
          tree,
          key);
    } finally {
      Files.deleteIfExists(scratch);
    }
  }

  /** Records of one batch come by event id, as their leaves lie in it. */
  private void addRecords(BillBundle bundle, Month month) {
    var places = new Places();
    jdbc.sql(
            """
            select r.record, r.leaf_sha256, r.journal_id, r.event_id,
              (select first_index from log_batch b where b.journal_id = r.journal_id) as first_index
            """
                + RECORDS
                + " order by first_index, event_id")
        .param("organization", month.organization)
        .param("currency", month.currency)
        .param("from", month.first())
        .param("to", month.first().plusMonths(1))
        .withFetchSize(FETCH)
        .query(
            row -> {
              Long first = row.getObject("first_index", Long.class);
              if (first == null) {
                throw ServiceException.invalidRequest(
                    "A request of the month is not in the log yet. Try again in a minute.");
              }
              UUID journal = row.getObject("journal_id", UUID.class);
              int place = places.next(journal, row.getBytes("leaf_sha256"));
              bundle.add(first + place, row.getBytes("record"));
            });
  }

  /** Finds leaves in their batch, which come in its order. */
  private final class Places {
    private @Nullable UUID journal;
    private byte[] leaves = {};
    private int next;

    private int next(UUID of, byte[] leaf) {
      if (!of.equals(journal)) {
        journal = of;
        next = 0;
        leaves =
            jdbc.sql("select leaves from log_batch where journal_id = ?")
                .param(of)
                .query((row, n) -> row.getBytes(1))
                .single();
      }
      while ((next + 1) * leaf.length <= leaves.length) {
        int begin = next++ * leaf.length;
        if (Arrays.equals(leaves, begin, begin + leaf.length, leaf, 0, leaf.length)) {
          return next - 1;
        }
      }
      throw new IllegalStateException("journal " + of + " lacks a leaf of its records");
    }
  }

  private Ended ended(Month month, MonthStatement statement) {
    Ended ended = find(month);
    if (ended == null) {
      state(month, statement);
      ended = Objects.requireNonNull(find(month));
    }
    if (!ended.statement.equals(statement.text())) {
      throw ServiceException.invalidRequest(
          "The month has changed since the log has its statement: it cannot be bundled again.");
    }
    return ended;
  }

  private @Nullable Ended find(Month month) {
    return jdbc.sql(
            """
            select statement, log_index, end_size from log_month
            where tenant_id = ? and currency = ? and month = ?
            """)
        .params(month.organization, month.currency, month.first())
        .query((row, n) -> new Ended(row.getString(1), row.getLong(2), row.getLong(3)))
        .optional()
        .orElse(null);
  }

  /** Logs the statement under an id of its own, so that a repeat after a crash finds it. */
  private void state(Month month, MonthStatement statement) {
    UUID id = UUID.nameUUIDFromBytes(("r1-month " + month).getBytes(StandardCharsets.UTF_8));
    boolean logged =
        jdbc.sql("select from log_batch where journal_id = ?")
            .param(id)
            .query((row, n) -> true)
            .optional()
            .isPresent();
    if (!logged) {
      log.add(id, new Hasher().leaf(statement.bytes()).bytes());
    }
    while (sequencer.sequence() > 0) {
      Thread.onSpinWait(); // until all that waits has its place
    }
    jdbc.sql(
            """
            insert into log_month (tenant_id, month, currency, statement, log_index, end_size)
            select ?, ?, ?, ?, b.first_index, (select max(size) from log_checkpoint)
            from log_batch b where b.journal_id = ? and b.leaves = ?
            on conflict do nothing
            """)
        .params(month.organization, month.first(), month.currency, statement.text())
        .params(id, new Hasher().leaf(statement.bytes()).bytes())
        .update();
  }

  /** Where the bundle of the month before ended, of the newest that there is; else 0. */
  private long startSize(Month month) {
    return jdbc.sql(
            """
            select coalesce((select end_size from log_month
              where tenant_id = ? and currency = ? and month < ? order by month desc limit 1), 0)
            """)
        .params(month.organization, month.currency, month.first())
        .query(Long.class)
        .single();
  }

  private String checkpoint(long size) {
    return jdbc.sql("select note from log_checkpoint where size = ?")
        .param(size)
        .query(String.class)
        .single();
  }

  private List<String> priceTexts(Month month) {
    return jdbc.sql(
            "select price_version_text(version_id) from (select distinct r.version_id "
                + RECORDS
                + ") used")
        .param("organization", month.organization)
        .param("currency", month.currency)
        .param("from", month.first())
        .param("to", month.first().plusMonths(1))
        .query(String.class)
        .list();
  }
}
