package io.r1platform.billing.usage;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.r1platform.billing.errors.ServiceException;
import io.r1platform.billing.observability.BillingMetric;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/**
 * Takes what engines say they generated, for reconciliation only: no money comes from it. A stream
 * belongs to one instance of the engine, ends with it, and may be shipped by the instance after it.
 */
@Component
class EngineIntake {
  private static final int MOST_DAYS_OLD = 35;

  private record Position(long nextSeq, @Nullable Long lastSeq) {}

  private final EngineTable table;
  private final UsagePartitions partitions;
  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final MeterRegistry meters;
  private final Clock clock;

  EngineIntake(
      EngineTable table,
      UsagePartitions partitions,
      JdbcClient jdbc,
      TransactionTemplate transaction,
      MeterRegistry meters,
      Clock clock) {
    this.table = table;
    this.partitions = partitions;
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.meters = meters;
    this.clock = clock;
  }

  /**
   * Takes a stretch of an instance's stream, whole or not at all; returns the next sequence number.
   *
   * @throws ServiceException {@code gap} or {@code epoch_closed}; nothing was taken
   */
  long take(UUID instance, long firstSeq, List<JsonNode> receipts) {
    var timer = Timer.start(meters);
    var numbered = new ArrayList<EngineTable.Numbered>(receipts.size());
    for (int i = 0; i < receipts.size(); i++) {
      Optional<EngineReceipt> receipt =
          EngineReceipt.read(receipts.get(i)).filter(r -> isStorable(r.bucket()));
      numbered.add(new EngineTable.Numbered(firstSeq + i, receipts.get(i), receipt));
      receipt.ifPresent(r -> partitions.ensure(r.bucket()));
    }
    long next = transaction.execute(status -> take(instance, firstSeq, numbered, now()));
    timer.stop(meters.timer(BillingMetric.BATCH.meterName(), "source", "engine"));
    return next;
  }

  /** Whether a partition may be made for it: not of another age. */
  private boolean isStorable(LocalDate bucket) {
    LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    return !bucket.isBefore(today.minusDays(MOST_DAYS_OLD)) && !bucket.isAfter(today.plusDays(1));
  }

  private long take(
      UUID instance, long firstSeq, List<EngineTable.Numbered> numbered, OffsetDateTime now) {
    Position position = lock(instance, now);
    if (firstSeq > position.nextSeq) {
      throw ServiceException.gap(position.nextSeq, firstSeq);
    }
    int skipped = (int) Math.min(numbered.size(), position.nextSeq - firstSeq);
    List<EngineTable.Numbered> fresh = numbered.subList(skipped, numbered.size());
    if (fresh.isEmpty()) {
      return position.nextSeq;
    }
    if (position.lastSeq != null) {
      throw ServiceException.epochClosed(position.lastSeq);
    }
    table.insert(instance, fresh, now);
    long next = position.nextSeq + fresh.size();
    jdbc.sql("update engine_instance set next_seq = ?, seen_at = ? where instance_id = ?")
        .params(next, now, instance)
        .update();
    return next;
  }

  /**
   * Records that an instance is dead and all it left has come. Twice is as once.
   *
   * @param startedAt when it began: its death explains no request that ended before
   * @throws ServiceException {@code gap} while something up to {@code lastSeq} is missing
   */
  void end(UUID instance, Instant startedAt, long lastSeq) {
    transaction.executeWithoutResult(
        status -> {
          OffsetDateTime now = now();
          Position position = lock(instance, now);
          if (position.lastSeq != null && position.lastSeq != lastSeq) {
            throw ServiceException.epochClosed(position.lastSeq);
          }
          if (position.nextSeq <= lastSeq) {
            throw ServiceException.gap(position.nextSeq, lastSeq + 1);
          }
          if (position.nextSeq > lastSeq + 1) {
            throw ServiceException.invalidRequest(
                "The instance has been taken up to %d already.".formatted(position.nextSeq - 1));
          }
          jdbc.sql(
                  """
                  update engine_instance
                  set last_seq = ?, started_at = ?, ended_at = coalesce(ended_at, ?), seen_at = ?
                  where instance_id = ?
                  """)
              .params(lastSeq, startedAt.atOffset(ZoneOffset.UTC), now, now, instance)
              .update();
        });
  }

  private Position lock(UUID instance, OffsetDateTime now) {
    jdbc.sql(
            """
            insert into engine_instance (instance_id, next_seq, first_seen_at, seen_at)
            values (?, 1, ?, ?) on conflict do nothing
            """)
        .params(instance, now, now)
        .update();
    return jdbc.sql(
            "select next_seq, last_seq from engine_instance where instance_id = ? for update")
        .param(instance)
        .query(
            (row, number) ->
                new Position(row.getLong("next_seq"), row.getObject("last_seq", Long.class)))
        .single();
  }

  private OffsetDateTime now() {
    return clock.instant().atOffset(ZoneOffset.UTC);
  }
}
