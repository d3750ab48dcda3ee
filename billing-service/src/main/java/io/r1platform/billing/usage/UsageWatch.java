package io.r1platform.billing.usage;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.observability.BillingMetric;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Looks each minute for what cannot go on without a person, and says so in metrics and the log. */
@Component
class UsageWatch {
  private static final Logger LOG = LoggerFactory.getLogger(UsageWatch.class);
  private static final long ALARM_SECONDS = 60;

  private final JdbcClient jdbc;
  private final Clock clock;
  private final AtomicLong heldOpen = new AtomicLong();
  private final AtomicLong gapSeconds = new AtomicLong();
  private final AtomicLong partitionsMissing = new AtomicLong();

  UsageWatch(JdbcClient jdbc, MeterRegistry meters, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
    meters.gauge(BillingMetric.HELD_OPEN.meterName(), heldOpen);
    meters.gauge(BillingMetric.STREAM_GAP.meterName(), gapSeconds);
    meters.gauge(BillingMetric.PARTITIONS_MISSING.meterName(), partitionsMissing);
  }

  @Scheduled(fixedRateString = "PT1M", initialDelayString = "PT1M")
  void look() {
    heldOpen.set(jdbc.sql("select count(*) from held_open").query(Long.class).single());
    gapSeconds.set(
        jdbc.sql(
                """
                select coalesce(max(extract(epoch from ?::timestamptz - gap_since)), 0)::bigint
                from ingest_hwm where gap_since is not null
                """)
            .param(clock.instant().atOffset(ZoneOffset.UTC))
            .query(Long.class)
            .single());
    LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    partitionsMissing.set(
        jdbc.sql(
                """
                select count(*)
                from generate_series(?::date, ?::date, interval '1 day') as wanted(day)
                where wanted.day::date not in (select day from usage_days())
                """)
            .params(today, today.plusDays(UsagePartitions.DAYS_AHEAD))
            .query(Long.class)
            .single());
    if (partitionsMissing.get() > 0) {
      LOG.error("{} of the next days have no partition", partitionsMissing.get());
    }
    if (gapSeconds.get() > ALARM_SECONDS) {
      LOG.error(
          "A gateway's stream is missing records for {} s: see the streams in reconciliation",
          gapSeconds.get());
    }
  }
}
