package io.r1platform.billing.usage;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.budgets.LeaseIds;
import io.r1platform.billing.observability.BillingMetric;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Records that may not be posted; a person decides. Each is kept once per content and reason. */
@Component
class HeldUsage {
  private static final Logger LOG = LoggerFactory.getLogger(HeldUsage.class);

  private final JdbcClient jdbc;
  private final MeterRegistry meters;
  private final Clock clock;

  HeldUsage(JdbcClient jdbc, MeterRegistry meters, Clock clock) {
    this.jdbc = jdbc;
    this.meters = meters;
    this.clock = clock;
  }

  /** As an array literal, for whoever releases the record: that settles them. */
  private static String leases(LeaseIds ids) {
    return "{%d,%d,%d,%d}".formatted(ids.credit(), ids.organization(), ids.project(), ids.key());
  }

  void keep(UsageBatch.Stream stream, Map<UsageBatch.Item, HeldReason> items) {
    OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
    items.forEach(
        (item, reason) -> {
          meters.counter(BillingMetric.HELD.meterName(), "reason", reason.name()).increment();
          LOG.warn(
              "Usage held: {} event {} of {} at sequence {}",
              reason,
              item.record().eventId(),
              stream,
              item.seq());
          jdbc.sql(
                  """
                  with held as (
                    insert into usage_held (event_id, record, leaf_sha256, reason, source,
                      replica_id, epoch, ship_seq, held_at, leases)
                    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?::bigint[]) on conflict do nothing
                    returning held_id, event_id, held_at)
                  insert into usage_held_label (held_id, day, labels)
                  select held_id, (least(uuid_extract_timestamp(event_id), held_at)
                    at time zone 'UTC')::date, labels
                  from held cross join (values (?::bytea)) as l(labels) where labels is not null
                  """)
              .params(item.record().eventId(), item.record().bytes())
              .params(HexFormat.of().parseHex(item.leaf()), reason.name())
              .params(stream.source(), stream.replica(), stream.epoch(), item.seq(), now)
              .param(leases(item.leases()))
              .param(item.labels().bytes())
              .update();
        });
  }
}
