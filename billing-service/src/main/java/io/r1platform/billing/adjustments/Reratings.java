package io.r1platform.billing.adjustments;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.ledger.Account;
import io.r1platform.billing.ledger.Journal;
import io.r1platform.billing.ledger.Ledger;
import io.r1platform.billing.ledger.Transfer;
import io.r1platform.billing.observability.AfterCommit;
import io.r1platform.billing.observability.BillingMetric;
import io.r1platform.billing.prices.PriceVersion;
import io.r1platform.billing.prices.RatedVersion;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Corrects what stored requests were charged, by journals: per organization one that takes the old
 * charges back and one with the new ones, on today's date. The records stay as they are.
 */
@Component
class Reratings {
  private static final Logger LOG = LoggerFactory.getLogger(Reratings.class);

  /**
   * An order.
   *
   * @param commandId a repeat has the same, and does nothing
   * @param actor who orders it
   * @param reason why, for people
   * @param range which requests, by which published version
   * @param preview the hash that the preview of the same range gave
   */
  record Order(UUID commandId, String actor, String reason, Repricing.Range range, String preview) {
    String body() {
      return reason + "|" + range + "|" + preview;
    }
  }

  private static final class Sums {
    private BigInteger before = BigInteger.ZERO;
    private BigInteger after = BigInteger.ZERO;
    private long requests;
  }

  private final Repricing repricing;
  private final RerateTable table;
  private final Ledger ledger;
  private final MeterRegistry meters;
  private final Clock clock;

  Reratings(
      Repricing repricing, RerateTable table, Ledger ledger, MeterRegistry meters, Clock clock) {
    this.repricing = repricing;
    this.table = table;
    this.ledger = ledger;
    this.meters = meters;
    this.clock = clock;
  }

  /**
   * Does it whole or not at all.
   *
   * @throws ServiceException {@code prices_refused} if the version is no published list to charge
   *     by, or if it would not do just what the preview showed; {@code command_conflict}
   */
  @Transactional
  public RerateTable.Done order(Order order) {
    long number = table.lockNext();
    Optional<RerateTable.Done> before = table.find(order);
    if (before.isPresent()) {
      return before.get();
    }
    Repricing.Range range = order.range;
    RatedVersion rated = repricing.version(range);
    PriceVersion version = rated.version();
    if (!version.isPublished() || version.reference()) {
      throw ServiceException.pricesRefused(
          "Re-rating needs a published version of a list that is charged; a draft is previewed.");
    }
    var totals = new Totals();
    var sums = new TreeMap<Long, Sums>();
    RerateTable.Rows chunk = table.rows(number);
    repricing.each(
        range,
        rated,
        row -> {
          totals.add(row);
          if (row.changes()) {
            chunk.add(row);
            add(sums, row);
          }
        });
    chunk.flush();
    if (!totals.sha256(range, version).equals(order.preview)) {
      throw ServiceException.pricesRefused(
          "Nothing was changed: this would not do what the preview showed, since usage came or"
              + " prices were corrected. Preview again.");
    }
    Instant now = clock.instant();
    var done = RerateTable.Done.of(number, order, totals, now);
    table.insert(done, order.body());
    sums.forEach((tenant, sum) -> post(order, version.currency(), tenant, sum, now));
    AfterCommit.say(() -> tell(order, version, totals));
    return done;
  }

  private void tell(Order order, PriceVersion version, Totals totals) {
    meters
        .counter(BillingMetric.ADJUSTMENTS.meterName(), "kind", "RERATING")
        .increment((double) totals.changed());
    LOG.info(
        "Re-rating {}: {} of {} requests by version {}, {} pico instead of {}",
        order.commandId,
        totals.changed(),
        totals.requests(),
        version.versionId(),
        totals.after(),
        totals.before());
  }

  private static void add(Map<Long, Sums> sums, Repricing.Row row) {
    long after = Objects.requireNonNull(row.after()).amountPico();
    if (after != row.amount()) {
      Sums sum = sums.computeIfAbsent(row.charge().tenantId(), tenant -> new Sums());
      sum.before = sum.before.add(BigInteger.valueOf(row.amount()));
      sum.after = sum.after.add(BigInteger.valueOf(after));
      sum.requests++;
    }
  }

  private void post(Order order, String currency, long tenant, Sums sum, Instant now) {
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    Map<String, String> ref =
        Map.of(
            "command", order.commandId.toString(),
            "version", Long.toString(order.range.versionId()),
            "requests", Long.toString(sum.requests),
            "reason", order.reason);
    for (boolean taken : List.of(true, false)) {
      BigInteger amount = taken ? sum.before : sum.after;
      var transfers = new ArrayList<Transfer>();
      if (amount.signum() > 0) {
        Account debit = taken ? Account.REVENUE : Account.ACCRUED;
        Account credit = taken ? Account.ACCRUED : Account.REVENUE;
        transfers.add(new Transfer(tenant, currency, today, debit, credit, amount));
      }
      String part = taken ? "old" : "new";
      UUID id = Journal.idOf("rerating|%s|%d|%s".formatted(order.commandId, tenant, part));
      var full = new TreeMap<>(ref);
      full.put("part", part);
      ledger.post(new Journal(id, Journal.Kind.ADJUST, full, transfers));
    }
  }
}
