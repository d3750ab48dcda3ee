package io.r1platform.billing.usage;

import io.r1platform.billing.budgets.Budgets;
import io.r1platform.billing.budgets.Charge;
import io.r1platform.billing.budgets.LeaseIds;
import io.r1platform.billing.credit.Payable;
import io.r1platform.billing.credit.Wallets;
import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.ledger.Ledger;
import io.r1platform.billing.ledger.UsageJournal;
import io.r1platform.billing.observability.AfterCommit;
import io.r1platform.billing.prices.PriceBook;
import io.r1platform.billing.prices.PriceVersion;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What a person decides about a held record, once and for ever: it is charged as it was recorded,
 * in the period that is open now, or it is not. Nothing that was posted changes by it.
 */
@Component
class HeldDecisions {
  /** What is decided. */
  enum Decision {
    /** Charged. */
    CONFIRMED,
    /** Not charged, with a reason. */
    REJECTED
  }

  private static final Logger LOG = LoggerFactory.getLogger(HeldDecisions.class);

  private record Kept(
      UsageRecord record,
      HeldReason reason,
      LeaseIds leases,
      Labels labels,
      @Nullable String resolved,
      @Nullable String resolvedBy) {}

  private final PriceBook prices;
  private final Ledger ledger;
  private final Wallets wallets;
  private final Budgets budgets;
  private final UsageTable table;
  private final UsageHours hours;
  private final UsageLabels labels;
  private final LateUsage late;
  private final UsagePartitions partitions;
  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final Clock clock;

  HeldDecisions(
      PriceBook prices,
      Ledger ledger,
      Wallets wallets,
      Budgets budgets,
      UsageTable table,
      UsageHours hours,
      UsageLabels labels,
      LateUsage late,
      UsagePartitions partitions,
      JdbcClient jdbc,
      TransactionTemplate transaction,
      Clock clock) {
    this.prices = prices;
    this.ledger = ledger;
    this.wallets = wallets;
    this.budgets = budgets;
    this.table = table;
    this.hours = hours;
    this.labels = labels;
    this.late = late;
    this.partitions = partitions;
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.clock = clock;
  }

  /**
   * Decides; the same decision twice is as once.
   *
   * @throws ServiceException {@code not_found}; {@code already_decided} the other way; {@code
   *     not_confirmable} when the id is taken, the record makes no sense or has no price
   */
  void decide(long heldId, Decision decision, String why, String by) {
    if (decision == Decision.CONFIRMED) {
      Kept kept = lock(heldId, "");
      if (kept.resolved == null) {
        judge(kept); // first, so that only a record that may be posted makes the days of its id
        partitions.make(kept.record.bucket());
      }
    }
    transaction.executeWithoutResult(
        status -> {
          Kept kept = lock(heldId, "for update");
          if (decision.name().equals(kept.resolved)) {
            return;
          }
          if (kept.resolved != null) {
            throw ServiceException.alreadyDecided(kept.resolved, String.valueOf(kept.resolvedBy));
          }
          if (decision == Decision.CONFIRMED) {
            post(heldId, kept);
          }
          mark("usage_held", heldId, decision, why, by);
          if (decision == Decision.REJECTED) {
            budgets.reject(kept.leases);
          }
        });
    AfterCommit.say(() -> LOG.warn("Held record {} was {} by {}: {}", heldId, decision, by, why));
  }

  /**
   * Puts a receipt of the engine aside for good; it was never money. Twice is as once.
   *
   * @throws ServiceException {@code not_found}
   */
  void rejectReceipt(long heldId, String why, String by) {
    transaction.executeWithoutResult(
        status -> {
          boolean open =
              jdbc.sql("select resolved is null from engine_held where held_id = ? for update")
                  .param(heldId)
                  .query(Boolean.class)
                  .optional()
                  .orElseThrow(() -> ServiceException.notFound("This held receipt"));
          if (open) {
            mark("engine_held", heldId, Decision.REJECTED, why, by);
          }
        });
  }

  private Kept lock(long heldId, String how) {
    return jdbc.sql(
            """
            select record, reason, coalesce(leases, '{0,0,0,0}') as leases, resolved, resolved_by,
              (select labels from usage_held_label l where l.held_id = h.held_id) as labels
            from usage_held h
            where held_id = ? %s
            """
                .formatted(how))
        .param(heldId)
        .query(
            (row, n) ->
                new Kept(
                    UsageRecord.read(ByteBuffer.wrap(row.getBytes("record"))),
                    HeldReason.valueOf(row.getString("reason")),
                    leases((Long[]) row.getArray("leases").getArray()),
                    labels(row.getBytes("labels")),
                    row.getString("resolved"),
                    row.getString("resolved_by")))
        .optional()
        .orElseThrow(() -> ServiceException.notFound("This held record"));
  }

  private static Labels labels(byte @Nullable [] json) {
    Labels read = json == null ? null : Labels.read(json);
    return read == null ? Labels.NONE : read;
  }

  /** In the order of the wire. */
  private static LeaseIds leases(Long[] ids) {
    return new LeaseIds(ids[0], ids[1], ids[2], ids[3]);
  }

  /** The version of a record that may be posted. */
  private PriceVersion judge(Kept kept) {
    if (kept.reason == HeldReason.CONFLICT || kept.reason == HeldReason.MALFORMED) {
      throw ServiceException.notConfirmable(
          kept.reason == HeldReason.CONFLICT
              ? "its id is charged with other content, which stays. Reject it."
              : "its fields contradict each other. Reject it.");
    }
    return switch (new UsageJudge(prices.current(), clock.instant()).release(kept.record)) {
      case UsageJudge.Postable postable -> postable.version();
      case UsageJudge.Held held ->
          throw ServiceException.notConfirmable(
              "it is still %s. Try again when that has changed, or reject it."
                  .formatted(held.reason()));
    };
  }

  private void post(long heldId, Kept kept) {
    UsageRecord record = kept.record;
    PriceVersion version = judge(kept);
    var position = new UsageJournal.Position("held", heldId, 0, 1, 1);
    var row =
        new UsageTable.Row(
            new UsageBatch.Item(
                1, record, UsageRecord.leaf(record.bytes()), kept.leases, kept.labels),
            version);
    var rows = Map.of(record.eventId(), row);
    var inserted =
        late.leaves(List.of(record)).isEmpty()
            ? table.insert(rows, position.journalId())
            : Set.<UUID>of();
    if (inserted.isEmpty()) {
      throw ServiceException.notConfirmable("its id is charged already. Reject it.");
    }
    hours.add(rows.values(), inserted);
    labels.keep(rows.values(), inserted);
    LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    LocalDate effective = record.day().isAfter(today) ? record.day() : today;
    var amounts = new TreeMap<UsageJournal.Line, BigInteger>();
    amounts.put(
        new UsageJournal.Line(record.tenantId(), version.currency(), effective),
        BigInteger.valueOf(record.amountPico()));
    Instant payableAt = effective.equals(record.day()) ? record.admittedAt() : clock.instant();
    var payable =
        new Payable(record.tenantId(), version.currency(), payableAt, record.amountPico());
    ledger.post(
        new UsageJournal(position, amounts, wallets.draw(position.journalId(), List.of(payable))));
    correct(heldId, record, version, effective, position.journalId());
    budgets.settle(
        List.of(
            new Charge(
                record.tenantId(),
                record.projectId(),
                record.keyId(),
                record.admittedAt(),
                version.currency(),
                record.amountPico(),
                kept.leases)));
  }

  private void correct(
      long heldId, UsageRecord record, PriceVersion version, LocalDate effective, UUID journalId) {
    jdbc.sql(
            """
            insert into usage_correction (bucket, event_id, held_id, admitted_on, effective_on,
              tenant_id, version_id, amount_pico, journal_id)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        .params(record.bucket(), record.eventId(), heldId, record.day(), effective)
        .params(record.tenantId(), version.versionId(), record.amountPico(), journalId)
        .update();
  }

  private void mark(String where, long heldId, Decision decision, String why, String by) {
    OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
    jdbc.sql(
            """
            update %s set resolved = ?, resolved_by = ?, resolved_why = ?, resolved_at = ?
            where held_id = ?
            """
                .formatted(where))
        .params(decision.name(), by, why, now, heldId)
        .update();
  }
}
