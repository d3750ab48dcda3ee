package io.r1platform.billing.receipts;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.observability.BillingMetric;
import io.r1platform.receipts.Hash;
import io.r1platform.receipts.Hasher;
import io.r1platform.receipts.SumTree;
import io.r1platform.receipts.Sums;
import io.r1platform.receipts.UsageRecord;
import java.time.YearMonth;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** What an invoice says of its usage: the root of the sum tree over the records that it bills. */
@Component
public class UsageRoot {
  private static final Logger LOG = LoggerFactory.getLogger(UsageRoot.class);

  /**
   * The root.
   *
   * @param hash of the sum tree over the records by log index
   * @param logSize of the newest checkpoint; records from there on are not among them
   */
  public record Root(Hash hash, long logSize) {}

  /** The finalized invoice before: its month, and its root's size if that was noted. */
  public record Earlier(YearMonth month, @Nullable Long logSize) {}

  private final BilledRecords records;
  private final BilledLines lines;
  private final JdbcClient jdbc;
  private final MeterRegistry meters;

  UsageRoot(BilledRecords records, BilledLines lines, JdbcClient jdbc, MeterRegistry meters) {
    this.records = records;
    this.lines = lines;
    this.jdbc = jdbc;
    this.meters = meters;
  }

  /**
   * Of the invoice that is being finalized, in its transaction, whose lines stand. Empty where the
   * log is not signed or lacks a record yet, and where the records are not what the lines charge:
   * some have left the database, or come in the meantime, or another invoice had them. The invoice
   * then says nothing of its usage, rather than something wrong for ever.
   *
   * @param invoice whose lines are compared
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public Optional<Root> of(
      long invoice,
      long organization,
      YearMonth month,
      String currency,
      @Nullable Earlier earlier) {
    long size =
        jdbc.sql("select coalesce(max(size), 0) from log_checkpoint").query(Long.class).single();
    if (size == 0) {
      return Optional.empty();
    }
    var usage =
        new BilledUsage(
            organization,
            month,
            currency,
            size,
            earlier == null ? null : earlier.month,
            earlier == null ? null : earlier.logSize);
    var hasher = new Hasher();
    var tree = new SumTree(hasher);
    try {
      records.each(
          usage,
          (index, record) -> tree.append(hasher.leaf(record), Sums.of(UsageRecord.of(record))));
    } catch (BilledRecords.NotLogged e) {
      return nothing("LOG", invoice, String.valueOf(e.getMessage()));
    }
    // after the records were read: what leaves or comes meanwhile is a difference too
    Optional<String> difference = lines.difference(invoice, usage);
    if (difference.isPresent()) {
      return nothing("LINES", invoice, difference.get());
    }
    return Optional.of(new Root(tree.root(), size));
  }

  private Optional<Root> nothing(String why, long invoice, String what) {
    LOG.warn("Invoice {} does not say which records it bills: {}", invoice, what);
    meters.counter(BillingMetric.USAGE_ROOTLESS.meterName(), "why", why).increment();
    return Optional.empty();
  }
}
