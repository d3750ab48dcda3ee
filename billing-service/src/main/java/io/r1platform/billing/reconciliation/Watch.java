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
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Compares without being asked: each minute the requests of the last half hour and the small sums
 * of two days, each night every request of the two days before. What is on its way is no
 * difference: a request counts when two looks in a row find it.
 */
@Component
class Watch {
  private static final Logger LOG = LoggerFactory.getLogger(Watch.class);
  private static final Duration RECENT = Duration.ofMinutes(30);
  private static final int MOST_LOGGED = 20;

  private final Comparison comparison;
  private final ReconciliationController report;
  private final JdbcClient jdbc;
  private final Clock clock;
  private final AtomicLong recent = new AtomicLong();
  private final AtomicLong daily = new AtomicLong();
  private Set<UUID> seenBefore = Set.of();

  Watch(
      Comparison comparison,
      ReconciliationController report,
      JdbcClient jdbc,
      MeterRegistry meters,
      Clock clock) {
    this.comparison = comparison;
    this.report = report;
    this.jdbc = jdbc;
    this.clock = clock;
    String name = BillingMetric.DIFFERENCES.meterName();
    meters.gauge(name, Tags.of("scope", "recent"), recent);
    meters.gauge(name, Tags.of("scope", "day"), daily);
  }

  /** Looks at the last half hour. Returns how many differences are there for the second time. */
  @Scheduled(fixedRateString = "PT1M", initialDelayString = "PT1M")
  synchronized long lookAtRecent() {
    Instant now = clock.instant();
    List<UUID> found = comparison.unexplained(now.minus(RECENT), now);
    List<UUID> twice = found.stream().filter(seenBefore::contains).toList();
    seenBefore = new HashSet<>(found);
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    long apart = comparison.sumsApart(today.minusDays(1), today.plusDays(1));
    recent.set(twice.size() + apart);
    if (recent.get() > 0) {
      LOG.error(
          "Reconciliation: {} requests differ, for instance {}; {} daily sums differ",
          twice.size(),
          twice.subList(0, Math.min(MOST_LOGGED, twice.size())),
          apart);
    }
    return recent.get();
  }

  /** Compares every request of yesterday and the day before, and keeps the result. */
  @Scheduled(cron = "0 40 0 * * *", zone = "UTC")
  void lookAtDays() {
    LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    daily.set(check(today.minusDays(2)) + check(today.minusDays(1)));
  }

  private long check(LocalDate day) {
    ReconciliationController.Answer answer = report.reconcile(day.toString(), null, null);
    int differences = answer.differences().size();
    Instant complete = answer.completeThrough();
    jdbc.sql(
            """
            insert into reconciliation_day (day, checked_at, complete_through, requests, amount,
              differences)
            select :day, :now, :complete, :requests::bigint,
              coalesce(sum(hourly_amount), 0), :differences
            from conservation_in(:day, :end)
            on conflict (day) do update set checked_at = excluded.checked_at,
              complete_through = excluded.complete_through, requests = excluded.requests,
              amount = excluded.amount, differences = excluded.differences
            """)
        .param("day", day)
        .param("end", day.plusDays(1))
        .param("now", clock.instant().atOffset(ZoneOffset.UTC))
        .param("complete", complete == null ? null : complete.atOffset(ZoneOffset.UTC))
        .param("requests", answer.usage().requests())
        .param("differences", differences)
        .update();
    if (differences > 0) {
      LOG.error("Reconciliation of {}: {} differences", day, differences);
    }
    return differences;
  }
}
