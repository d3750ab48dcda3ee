package io.r1platform.billing.usage;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.r1platform.billing.observability.RequestTraces;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.stereotype.Component;

/**
 * One log line for each request that is in the ledger, and a span in its trace if it has one. Of a
 * large batch, as when billing catches up, lines are for debugging only: they would slow it.
 */
@Component
final class PostedRequests {
  private static final Logger log = LoggerFactory.getLogger("io.r1platform.billing.requests");

  private static final int MOST_LINES = 100;

  private final RequestTraces traces;
  private final Clock clock;

  PostedRequests(RequestTraces traces, Clock clock) {
    this.traces = traces;
    this.clock = clock;
  }

  /** Tells of those of a committed batch that are new; the batch's own span is linked. */
  void committed(UsageBatch batch, List<UsageIntake.Result> results, Instant begun) {
    Instant now = clock.instant();
    Level level = results.size() <= MOST_LINES ? Level.INFO : Level.DEBUG;
    for (int i = 0; i < results.size(); i++) {
      UsageBatch.Item item = batch.items().get(i);
      if (results.get(i) == UsageIntake.Result.ACCEPTED) {
        UsageRecord record = item.record();
        if (log.isEnabledForLevel(level)) {
          log.makeLoggingEventBuilder(level)
              .log(
                  "request={} organization={} replica={} epoch={} seq={} amount_pico={} posted",
                  record.eventId(),
                  record.tenantId(),
                  batch.stream().replica(),
                  batch.stream().epoch(),
                  item.seq(),
                  record.amountPico());
        }
        if (traces.samples(record.eventId())) {
          span(record, begun, now);
        }
      }
    }
  }

  private void span(UsageRecord record, Instant begun, Instant now) {
    var builder =
        traces
            .span(record.eventId(), "post usage")
            .setSpanKind(SpanKind.CONSUMER)
            .setStartTimestamp(begun)
            .setAttribute("r1.request_id", record.eventId().toString())
            .setAttribute("r1.organization_id", record.tenantId())
            .setAttribute("r1.amount_pico", record.amountPico());
    SpanContext batch = traces.call();
    if (batch.isValid()) {
      builder.addLink(batch);
    }
    builder.startSpan().end(now);
  }
}
