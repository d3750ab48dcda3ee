package io.r1platform.billing.usage;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.observability.BillingMetric;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** Writes engine receipts; an attempt that comes twice with other content is held. */
@Component
class EngineTable {
  /** What {@code jsonb} cannot hold. */
  private static final String NUL = "\\u0000";

  private static final Logger LOG = LoggerFactory.getLogger(EngineTable.class);

  /**
   * A receipt with its place in the stream.
   *
   * @param seq its sequence number
   * @param json as it came
   * @param receipt what it says; empty if it cannot be read
   */
  record Numbered(long seq, JsonNode json, Optional<EngineReceipt> receipt) {}

  private final JdbcClient jdbc;
  private final MeterRegistry meters;

  EngineTable(JdbcClient jdbc, MeterRegistry meters) {
    this.jdbc = jdbc;
    this.meters = meters;
  }

  /** Inserts by id, so that two batches never wait for each other in a circle. */
  void insert(UUID instance, List<Numbered> fresh, OffsetDateTime now) {
    List<Numbered> ordered =
        fresh.stream()
            .sorted(
                Comparator.comparing(
                    (Numbered n) -> n.receipt.map(r -> r.eventId().toString()).orElse("")))
            .toList();
    for (Numbered numbered : ordered) {
      EngineReceipt receipt = numbered.receipt.orElse(null);
      if (receipt == null) {
        hold(instance, numbered, "MALFORMED", now);
      } else if (insert(instance, numbered.seq, receipt)) {
        count("ACCEPTED");
      } else if (isStored(instance, receipt)) {
        count("DUPLICATE");
      } else {
        hold(instance, numbered, "CONFLICT", now);
      }
    }
  }

  private boolean insert(UUID instance, long seq, EngineReceipt r) {
    int inserted =
        jdbc.sql(
                """
                insert into engine_usage (bucket, event_id, attempt, instance_id, replica_id, epoch,
                  model_id, tok_hit, tok_miss, tok_reason, tok_out, finish, output_sha256,
                  started_at, ended_at, ship_seq)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                on conflict (bucket, event_id, attempt) do nothing
                """)
            .params(r.bucket(), r.eventId(), r.attempt(), instance, r.replicaId(), r.epoch())
            .params(r.modelId(), r.hit(), r.miss(), r.reasoning(), r.output(), r.finish())
            .param(hash(r))
            .params(r.startedAt(), r.endedAt(), seq)
            .update();
    return inserted == 1;
  }

  private boolean isStored(UUID instance, EngineReceipt r) {
    return jdbc.sql(
                """
            select count(*) from engine_usage
            where bucket = ? and event_id = ? and attempt = ?
              and (instance_id, replica_id, epoch, model_id, tok_hit, tok_miss, tok_reason, tok_out,
                  finish, started_at, ended_at) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
              and output_sha256 is not distinct from ?
            """)
            .params(r.bucket(), r.eventId(), r.attempt(), instance, r.replicaId(), r.epoch())
            .params(r.modelId(), r.hit(), r.miss(), r.reasoning(), r.output(), r.finish())
            .params(r.startedAt(), r.endedAt())
            .param(hash(r))
            .query(Long.class)
            .single()
        == 1;
  }

  private void hold(UUID instance, Numbered numbered, String reason, OffsetDateTime now) {
    UUID event = numbered.receipt.map(EngineReceipt::eventId).orElse(new UUID(0, 0));
    LOG.warn(
        "Engine receipt held: {} event {} of instance {} at sequence {}",
        reason,
        event,
        instance,
        numbered.seq);
    jdbc.sql(
            """
            insert into engine_held (event_id, attempt, instance_id, ship_seq, receipt, reason,
              held_at)
            values (?, ?, ?, ?, ?::jsonb, ?, ?)
            """)
        .params(event, numbered.receipt.map(EngineReceipt::attempt).orElse(0), instance)
        .params(numbered.seq, numbered.json.toString().replace(NUL, ""), reason, now)
        .update();
    meters.counter(BillingMetric.HELD.meterName(), "reason", reason).increment();
    count("HELD");
  }

  private void count(String result) {
    meters
        .counter(BillingMetric.ITEMS.meterName(), "source", "engine", "result", result)
        .increment();
  }

  private static byte @Nullable [] hash(EngineReceipt receipt) {
    String hex = receipt.outputSha256();
    return hex == null ? null : HexFormat.of().parseHex(hex);
  }
}
