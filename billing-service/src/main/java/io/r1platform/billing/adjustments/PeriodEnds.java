package io.r1platform.billing.adjustments;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.adjustments.Commitments.Commitment;
import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.observability.BillingMetric;
import io.r1platform.billing.prices.Book;
import io.r1platform.billing.prices.PriceBook;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Settles tiers of the running month, and tiers and shortfalls of those that ended, for as long as
 * late usage may still be posted; older ones again when a record of them was confirmed or requests
 * of them were re-rated. Any number of instances may run it: each step is posted once.
 */
@Component
public class PeriodEnds {
  private static final Logger LOG = LoggerFactory.getLogger(PeriodEnds.class);

  /** How long usage of a past month can still come, with a day to spare. */
  private static final Duration OPEN = Duration.ofDays(36);

  private final TierSums tiers;
  private final Commitments commitments;
  private final Adjustments adjustments;
  private final PriceBook prices;
  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final MeterRegistry meters;
  private final Clock clock;

  PeriodEnds(
      TierSums tiers,
      Commitments commitments,
      Adjustments adjustments,
      PriceBook prices,
      JdbcClient jdbc,
      TransactionTemplate transaction,
      MeterRegistry meters,
      Clock clock) {
    this.tiers = tiers;
    this.commitments = commitments;
    this.adjustments = adjustments;
    this.prices = prices;
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.meters = meters;
    this.clock = clock;
  }

  @Scheduled(fixedDelayString = "PT1H")
  void run() {
    settle();
  }

  /**
   * Makes every adjustment what the usage known now says; one transaction per organization.
   *
   * @return how many adjustments changed
   */
  public int settle() {
    Instant now = clock.instant();
    Book book = prices.current();
    List<YearMonth> touched = touched(now);
    List<YearMonth> months =
        Stream.concat(open(now).stream(), touched.stream()).distinct().sorted().toList();
    var byTenant = new TreeMap<Long, List<Commitment>>();
    for (Commitment commitment : commitments.ended(null, now.minus(OPEN), now, touched)) {
      byTenant.computeIfAbsent(commitment.tenantId(), t -> new ArrayList<>()).add(commitment);
    }
    Map<YearMonth, List<Long>> tiered = new TreeMap<>();
    var tenants = new TreeSet<>(byTenant.keySet());
    for (YearMonth month : months) {
      List<Long> found = tiers.tenants(month);
      tiered.put(month, found);
      tenants.addAll(found);
    }
    int changed = 0;
    for (long tenant : tenants) {
      List<YearMonth> own = months.stream().filter(m -> has(tiered, m, tenant)).toList();
      changed += settle(tenant, own, byTenant.getOrDefault(tenant, List.of()), book, now);
    }
    return changed;
  }

  private static boolean has(Map<YearMonth, List<Long>> tiered, YearMonth month, long tenant) {
    return tiered.getOrDefault(month, List.of()).contains(tenant);
  }

  /**
   * The same for one organization, in the caller's transaction, which an invoice is part of.
   *
   * @return how many adjustments changed
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public int settle(long tenant) {
    Instant now = clock.instant();
    List<YearMonth> touched = touched(now);
    List<YearMonth> months =
        Stream.concat(open(now).stream(), touched.stream()).distinct().sorted().toList();
    List<Commitment> ended = commitments.ended(tenant, now.minus(OPEN), now, touched);
    return settleNow(tenant, months, ended, prices.current(), now);
  }

  private int settle(
      long tenant, List<YearMonth> months, List<Commitment> ended, Book book, Instant now) {
    try {
      Integer changed = transaction.execute(status -> settleNow(tenant, months, ended, book, now));
      return changed == null ? 0 : changed;
    } catch (DataAccessException | ServiceException e) { // the others' periods must end too
      meters.counter(BillingMetric.ADJUSTMENTS.meterName(), "kind", "FAILED").increment();
      LOG.error("Adjustments of organization {} were not settled; tried again later", tenant, e);
      return 0;
    }
  }

  private int settleNow(
      long tenant, List<YearMonth> months, List<Commitment> ended, Book book, Instant now) {
    adjustments.lock(tenant);
    int count = 0;
    for (YearMonth month : months) {
      count += tiers.settle(tenant, month, book, now);
    }
    for (Commitment commitment : ended) {
      count += commitments.settle(commitment, now) ? 1 : 0;
    }
    return count;
  }

  /** The months whose charges were changed by a person within that time. */
  private List<YearMonth> touched(Instant now) {
    return jdbc.sql("select distinct month from touched_month where at > ? order by month")
        .param(now.minus(OPEN).atOffset(ZoneOffset.UTC))
        .query((row, n) -> YearMonth.from(row.getObject("month", LocalDate.class)))
        .list();
  }

  /** The months of which usage may still come, the running one last. */
  private static List<YearMonth> open(Instant now) {
    var months = new ArrayList<YearMonth>();
    YearMonth last = YearMonth.from(now.atOffset(ZoneOffset.UTC));
    YearMonth month = YearMonth.from(now.minus(OPEN).atOffset(ZoneOffset.UTC));
    while (!month.isAfter(last)) {
      months.add(month);
      month = month.plusMonths(1);
    }
    return months;
  }
}
