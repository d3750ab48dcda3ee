package io.r1platform.billing.usage;

import java.time.Clock;
import java.time.LocalDate;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Keeps a partition ready for every day that usage may have: from yesterday to two days ahead at
 * start and every hour, older days (within the 35 that are not late) when the first record comes.
 */
@Component
class UsagePartitions {
  static final int DAYS_AHEAD = 2;

  private final JdbcClient jdbc;
  private final Clock clock;
  private final Set<LocalDate> made = ConcurrentHashMap.newKeySet();

  UsagePartitions(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /** Makes what the next two days need. */
  @Scheduled(fixedRateString = "PT1H")
  void prepare() {
    LocalDate today = LocalDate.ofInstant(clock.instant(), clock.getZone());
    today.minusDays(1).datesUntil(today.plusDays(DAYS_AHEAD + 1L)).forEach(this::ensure);
    made.removeIf(day -> day.isBefore(today.minusDays(UsageJudge.LATEST.toDays() + 1)));
  }

  /** Makes one day's partitions unless they exist. */
  void ensure(LocalDate day) {
    if (!made.contains(day)) {
      make(day);
      made.add(day);
    }
  }

  /** Makes one day's partitions, also of a day that was retired. */
  void make(LocalDate day) {
    jdbc.sql("select make_usage_partitions(?::date)")
        .param(day.toString())
        .query((row, number) -> true)
        .single();
  }
}
