package io.r1platform.billing.reconciliation;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.r1platform.billing.observability.BillingMetric;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Compares without being asked: each minute the requests that began in the last ten, each hour the
 * sums of two days, each night every request of the days that are new or have changed, and the
 * conservation law over what was touched, once a week over everything. What is on its way is no
 * difference: a request counts when two looks in a row find it.
 */
@Component
class Watch {
  private static final Logger LOG = LoggerFactory.getLogger(Watch.class);
  private static final Duration RECENT = Duration.ofMinutes(10);
  private static final int MOST_LOGGED = 20;

  private final Comparison comparison;
  private final Conservation law;
  private final CheckedLaw checkedLaw;
  private final CheckedDays days;
  private final ReconciliationController report;
  private final Clock clock;
  private final AtomicLong recent = new AtomicLong();
  private final AtomicLong sums = new AtomicLong();
  private final AtomicLong daily = new AtomicLong();
  private final AtomicLong broken = new AtomicLong();
  private Set<UUID> seenBefore = Set.of();

  Watch(
      Comparison comparison,
      Conservation law,
      CheckedLaw checkedLaw,
      CheckedDays days,
      ReconciliationController report,
      MeterRegistry meters,
      Clock clock) {
    this.comparison = comparison;
    this.law = law;
    this.checkedLaw = checkedLaw;
    this.days = days;
    this.report = report;
    this.clock = clock;
    String name = BillingMetric.DIFFERENCES.meterName();
    meters.gauge(name, Tags.of("scope", "recent"), recent);
    meters.gauge(name, Tags.of("scope", "sums"), sums);
    meters.gauge(name, Tags.of("scope", "day"), daily);
    meters.gauge(name, Tags.of("scope", "law"), broken);
  }

  /** Looks at the last minutes. Returns how many differences are there for the second time. */
  @Scheduled(fixedDelayString = "PT1M", initialDelayString = "PT3M")
  synchronized long lookAtRecent() {
    Instant now = clock.instant();
    List<UUID> found = comparison.unexplained(now.minus(RECENT), now);
    List<UUID> twice = found.stream().filter(seenBefore::contains).toList();
    seenBefore = new HashSet<>(found);
    recent.set(twice.size());
    if (!twice.isEmpty()) {
      LOG.error(
          "Reconciliation: {} recent requests differ, for instance {}",
          twice.size(),
          twice.subList(0, Math.min(MOST_LOGGED, twice.size())));
    }
    return twice.size();
  }

  /** Compares the sums by hour, by day and in the ledger, of yesterday and today. */
  @Scheduled(fixedDelayString = "PT1H", initialDelayString = "PT5M")
  long lookAtSums() {
    LocalDate today = today();
    sums.set(logged(law.sumsApart(today.minusDays(1), today.plusDays(1))));
    return sums.get();
  }

  /**
   * Compares every request of yesterday and of the day before, and of each hot day that has changed
   * since it was compared, and keeps the results. Returns how many differences the hot days have; a
   * day that cannot be compared is one.
   */
  @Scheduled(cron = "0 40 0 * * *", zone = "UTC")
  long lookAtDays() {
    LocalDate today = today();
    var due =
        new HashSet<>(days.changed(today.minusDays(ReconciliationController.DAYS_BACK), today));
    due.add(today.minusDays(1));
    due.add(today.minusDays(2));
    long failed = due.stream().sorted().filter(day -> !isCompared(day)).count();
    daily.set(days.differences(today.minusDays(ReconciliationController.DAYS_BACK)) + failed);
    return daily.get();
  }

  /**
   * Asks the conservation law over what was touched since it was last found unbroken, and each week
   * over all that is kept. Returns how many sentences break it.
   */
  @Scheduled(cron = "0 50 0 * * *", zone = "UTC")
  long lookAtTheLaw() {
    Instant now = clock.instant();
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    Optional<Instant> since = checkedLaw.since(now);
    List<String> found =
        since.map(bound -> law.brokenSince(bound, today)).orElseGet(() -> law.broken(today));
    broken.set(logged(found));
    checkedLaw.keep(now, since.isEmpty(), found.size());
    return broken.get();
  }

  private boolean isCompared(LocalDate day) {
    try {
      check(day);
      return true;
    } catch (DataAccessException | TransactionException e) {
      LOG.error("{} could not be compared", day, e);
      return false;
    }
  }

  private void check(LocalDate day) {
    ReconciliationController.Answer answer = report.reconcile(day.toString(), null, null);
    int differences = answer.differences().size();
    days.keep(day, clock.instant(), answer);
    if (differences > 0) {
      LOG.error(
          "Reconciliation of {}: {} differences; ./r1 reconcile --day {}", day, differences, day);
    }
  }

  private static long logged(List<String> sentences) {
    sentences.stream()
        .limit(MOST_LOGGED)
        .forEach(sentence -> LOG.error("The conservation law is broken: {}", sentence));
    return sentences.size();
  }

  private LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }
}
