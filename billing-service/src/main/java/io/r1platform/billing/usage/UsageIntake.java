package io.r1platform.billing.usage;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.r1platform.billing.budgets.Budgets;
import io.r1platform.billing.budgets.Charge;
import io.r1platform.billing.credit.Payable;
import io.r1platform.billing.credit.Wallets;
import io.r1platform.billing.errors.ErrorCode;
import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.ledger.Ledger;
import io.r1platform.billing.ledger.UsageJournal;
import io.r1platform.billing.observability.BillingMetric;
import io.r1platform.billing.prices.PriceBook;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The one transaction that turns a batch into usage, sums and ledger entries. A batch may come any
 * number of times, before or after a crash: what the stream's position says is taken is skipped,
 * and what the store has is recognised by id and content.
 */
@Component
class UsageIntake {
  /** What became of an item. */
  enum Result {
    /** Posted by this batch. */
    ACCEPTED,
    /** Taken before; nothing done. */
    DUPLICATE,
    /** Kept aside, not posted. */
    HELD,
    /** More than 35 days old: kept aside, not posted. */
    LATE
  }

  /**
   * The acknowledgement, true only after the commit.
   *
   * @param nextSeq what the stream continues with
   * @param results one per item sent
   */
  record Taken(long nextSeq, List<Result> results) {}

  private final PriceBook prices;
  private final Ledger ledger;
  private final Wallets wallets;
  private final Budgets budgets;
  private final UsageStreams streams;
  private final UsageTable table;
  private final UsageHours hours;
  private final UsageLabels labels;
  private final LateUsage late;
  private final HeldUsage held;
  private final Holes holes;
  private final UsagePartitions partitions;
  private final PostedRequests posted;
  private final TransactionTemplate transaction;
  private final MeterRegistry meters;
  private final Clock clock;

  UsageIntake(
      PriceBook prices,
      Ledger ledger,
      Wallets wallets,
      Budgets budgets,
      UsageStreams streams,
      UsageTable table,
      UsageHours hours,
      UsageLabels labels,
      LateUsage late,
      HeldUsage held,
      Holes holes,
      UsagePartitions partitions,
      PostedRequests posted,
      TransactionTemplate transaction,
      MeterRegistry meters,
      Clock clock) {
    this.prices = prices;
    this.ledger = ledger;
    this.wallets = wallets;
    this.budgets = budgets;
    this.streams = streams;
    this.table = table;
    this.hours = hours;
    this.labels = labels;
    this.late = late;
    this.held = held;
    this.holes = holes;
    this.partitions = partitions;
    this.posted = posted;
    this.transaction = transaction;
    this.meters = meters;
    this.clock = clock;
  }

  /**
   * Takes a batch, whole or not at all.
   *
   * @throws ServiceException {@code gap} or {@code epoch_closed}; nothing was taken
   */
  Taken take(UsageBatch batch) {
    var timer = Timer.start(meters);
    Instant begun = clock.instant();
    var judge = new UsageJudge(prices.current(), begun);
    var verdicts = new HashMap<Long, UsageJudge.Verdict>();
    for (UsageBatch.Item item : batch.items()) {
      UsageJudge.Verdict verdict = judge.judge(item.record());
      verdicts.put(item.seq(), verdict);
      if (verdict instanceof UsageJudge.Postable) {
        partitions.ensure(item.record().bucket());
      }
    }
    Taken taken;
    try {
      taken = transaction.execute(status -> take(batch, verdicts));
    } catch (ServiceException e) {
      if (e.code() == ErrorCode.GAP) {
        streams.noteGap(batch.stream(), batch.firstSeq());
      }
      throw e;
    }
    timer.stop(meters.timer(BillingMetric.BATCH.meterName(), "source", "gateway"));
    count(taken.results);
    posted.committed(batch, taken.results, begun);
    return taken;
  }

  private Taken take(UsageBatch batch, Map<Long, UsageJudge.Verdict> verdicts) {
    UsageStreams.Position position = streams.lock(batch.stream());
    if (batch.firstSeq() > position.nextSeq()) {
      throw ServiceException.gap(position.nextSeq(), batch.firstSeq());
    }
    int size = batch.items().size();
    int skipped = (int) Math.min(size, position.nextSeq() - batch.firstSeq());
    List<UsageBatch.Item> fresh = batch.items().subList(skipped, size);
    Long lastSeq = position.lastSeq();
    if (lastSeq != null && !fresh.isEmpty()) {
      throw ServiceException.epochClosed(lastSeq);
    }
    var results = new ArrayList<Result>(size);
    if (skipped > 0) {
      results.addAll(skip(batch.stream(), batch.items().subList(0, skipped), verdicts));
    }
    long nextSeq = position.nextSeq() + fresh.size();
    if (!fresh.isEmpty()) {
      results.addAll(takeFresh(batch.stream(), fresh, verdicts));
    }
    if (lastSeq == null) {
      streams.advance(batch.stream(), nextSeq);
    }
    return new Taken(nextSeq, results);
  }

  /** What was taken before; where its number was given up it was not, and a person decides. */
  private List<Result> skip(
      UsageBatch.Stream stream, List<UsageBatch.Item> old, Map<Long, UsageJudge.Verdict> verdicts) {
    var given = new LinkedHashMap<UsageBatch.Item, HeldReason>();
    for (UsageBatch.Item item : holes.givenUp(stream, old)) {
      given.put(
          item,
          verdicts.get(item.seq()) instanceof UsageJudge.Held held
              ? held.reason()
              : HeldReason.GIVEN_UP);
    }
    late.settle(given);
    held.keep(stream, given);
    return old.stream()
        .map(item -> given.containsKey(item) ? held(given.get(item)) : Result.DUPLICATE)
        .toList();
  }

  private static Result held(HeldReason reason) {
    return reason == HeldReason.LATE ? Result.LATE : Result.HELD;
  }

  private List<Result> takeFresh(
      UsageBatch.Stream stream,
      List<UsageBatch.Item> fresh,
      Map<Long, UsageJudge.Verdict> verdicts) {
    var rows = new LinkedHashMap<UUID, UsageTable.Row>();
    var repeated = new ArrayList<UsageBatch.Item>();
    var heldItems = new LinkedHashMap<UsageBatch.Item, HeldReason>();
    for (UsageBatch.Item item : fresh) {
      switch (verdicts.get(item.seq())) {
        case UsageJudge.Postable postable -> {
          var row = new UsageTable.Row(item, postable.version());
          if (rows.putIfAbsent(item.record().eventId(), row) != null) {
            repeated.add(item);
          }
        }
        case UsageJudge.Held why -> heldItems.put(item, why.reason());
        case null -> throw new IllegalStateException("an item without a verdict");
      }
    }
    var journal = position(stream, fresh);
    Set<UUID> inserted = rows.isEmpty() ? Set.of() : table.insert(rows, journal.journalId());
    rows.values().stream()
        .filter(row -> !inserted.contains(row.item().record().eventId()))
        .forEach(row -> repeated.add(row.item()));
    late.settle(heldItems);
    conflicts(repeated).forEach(item -> heldItems.put(item, HeldReason.CONFLICT));
    held.keep(stream, heldItems);
    if (!inserted.isEmpty()) {
      hours.add(rows.values(), inserted);
      labels.keep(rows.values(), inserted);
      List<Charge> charges = charges(rows.values(), inserted);
      ledger.post(
          new UsageJournal(
              journal,
              amounts(rows.values(), inserted),
              wallets.draw(journal.journalId(), payable(charges))));
      budgets.settle(charges); // last: it locks what gateways lease from
    }
    return results(fresh, rows, inserted, heldItems);
  }

  private static UsageJournal.Position position(
      UsageBatch.Stream stream, List<UsageBatch.Item> fresh) {
    return new UsageJournal.Position(
        stream.source(),
        stream.replica(),
        stream.epoch(),
        fresh.getFirst().seq(),
        fresh.getLast().seq());
  }

  /** Those whose id the store has with other content. */
  private List<UsageBatch.Item> conflicts(List<UsageBatch.Item> repeated) {
    if (repeated.isEmpty()) {
      return List.of();
    }
    Map<UUID, String> leaves = table.leaves(repeated.stream().map(i -> i.record()).toList());
    return repeated.stream()
        .filter(item -> !item.leaf().equals(leaves.get(item.record().eventId())))
        .toList();
  }

  private static SortedMap<UsageJournal.Line, BigInteger> amounts(
      Collection<UsageTable.Row> rows, Set<UUID> inserted) {
    var amounts = new TreeMap<UsageJournal.Line, BigInteger>();
    for (UsageTable.Row row : rows) {
      UsageRecord record = row.item().record();
      if (inserted.contains(record.eventId())) {
        var line = new UsageJournal.Line(record.tenantId(), row.version().currency(), record.day());
        amounts.merge(line, BigInteger.valueOf(record.amountPico()), BigInteger::add);
      }
    }
    return amounts;
  }

  private static List<Payable> payable(List<Charge> charges) {
    return charges.stream()
        .map(c -> new Payable(c.organization(), c.currency(), c.admittedAt(), c.amountPico()))
        .toList();
  }

  private static List<Charge> charges(Collection<UsageTable.Row> rows, Set<UUID> inserted) {
    var charges = new ArrayList<Charge>(inserted.size());
    for (UsageTable.Row row : rows) {
      UsageRecord record = row.item().record();
      if (inserted.contains(record.eventId())) {
        charges.add(
            new Charge(
                record.tenantId(),
                record.projectId(),
                record.keyId(),
                record.admittedAt(),
                row.version().currency(),
                record.amountPico(),
                row.item().leases()));
      }
    }
    return charges;
  }

  private static List<Result> results(
      List<UsageBatch.Item> fresh,
      Map<UUID, UsageTable.Row> rows,
      Set<UUID> inserted,
      Map<UsageBatch.Item, HeldReason> heldItems) {
    var results = new ArrayList<Result>(fresh.size());
    for (UsageBatch.Item item : fresh) {
      HeldReason reason = heldItems.get(item);
      UsageTable.Row row = rows.get(item.record().eventId());
      if (reason != null) {
        results.add(held(reason));
      } else if (row != null
          && row.item().seq() == item.seq()
          && inserted.contains(item.record().eventId())) {
        results.add(Result.ACCEPTED);
      } else {
        results.add(Result.DUPLICATE);
      }
    }
    return results;
  }

  private void count(List<Result> results) {
    for (Result result : Result.values()) {
      int number = Collections.frequency(results, result);
      if (number > 0) {
        meters
            .counter(BillingMetric.ITEMS.meterName(), "source", "gateway", "result", result.name())
            .increment(number);
      }
    }
  }
}
