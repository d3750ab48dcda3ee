package io.r1platform.api.relay;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.metering.Admission;
import io.r1platform.api.metering.Charge;
import io.r1platform.api.metering.Journal;
import io.r1platform.api.metering.Outcome;
import io.r1platform.api.observability.Metric;
import io.r1platform.api.observability.Observations;
import io.r1platform.api.prices.Tokens;
import io.r1platform.api.upstreams.Upstream;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** One log line, a few measurements and the spans of each finished request. */
@Component
final class RelayMetrics {
  private static final Logger log = LoggerFactory.getLogger("io.r1platform.api.requests");

  private final MeterRegistry registry;
  private final RelayTraces traces;

  RelayMetrics(MeterRegistry registry, RelayTraces traces, Journal journal) {
    this.registry = registry;
    this.traces = traces;
    registry.gauge(Metric.JOURNAL_OPEN.id(), journal, Journal::openRequests);
    registry.gauge(Metric.STREAMS_FAILING.id(), journal, Journal::failingStreams);
    registry.gauge(Metric.JOURNAL_OVERDUE.id(), journal, Journal::overdueDays);
    registry.gauge(Metric.JOURNAL_SERVING.id(), journal, j -> j.isServing() ? 1 : 0);
  }

  /** Never fails: its charge is still to be written. */
  void finished(
      EngineClient.Call call,
      Admission admission,
      String model,
      @Nullable Upstream server,
      Outcome outcome,
      Charge charge) {
    Observations.of(
        call.id(), () -> traces.finished(call, admission, model, server, outcome, charge));
    Observations.of(call.id(), () -> measure(admission, model, outcome, charge));
    Observations.of(call.id(), () -> log(admission, model, server, outcome, charge));
  }

  private void measure(Admission admission, String model, Outcome outcome, Charge charge) {
    Duration took = Duration.between(admission.admittedAt(), outcome.finishedAt());
    String finish = outcome.finish().wire();
    registry.timer(Metric.REQUEST.id(), "model", model, "finish", finish).record(took);
    if (outcome.ttftMillis() > 0) {
      registry
          .timer(Metric.TIME_TO_FIRST_TOKEN.id(), "model", model)
          .record(Duration.ofMillis(outcome.ttftMillis()));
    }
    Tokens charged = charge.charged();
    count(model, "hit", charged.hit());
    count(model, "miss", charged.miss());
    count(model, "reasoning", charged.reasoning());
    count(model, "answer", charged.answer());
  }

  private static void log(
      Admission admission,
      String model,
      @Nullable Upstream server,
      Outcome outcome,
      Charge charge) {
    Tokens charged = charge.charged();
    Caller caller = admission.caller();
    log.info(
        "request={} organization={} project={} key={} model={} stream={} finish={} hit={} miss={}"
            + " reasoning={} answer={} waived_in={} waived_out={} gateways_count={} cost={}"
            + " ttft_ms={} ms={} upstream={} origin={}",
        admission.eventId(),
        caller.organizationId(),
        caller.projectId(),
        caller.keyId(),
        model,
        admission.stream(),
        outcome.finish().wire(),
        charged.hit(),
        charged.miss(),
        charged.reasoning(),
        charged.answer(),
        charge.waivedInput(),
        charge.waivedOutput(),
        outcome.gatewaysCount(),
        charge.amount().decimal(),
        outcome.ttftMillis(),
        Duration.between(admission.admittedAt(), outcome.finishedAt()).toMillis(),
        server == null ? "none" : server.name(),
        outcome.origin().name().toLowerCase(Locale.ROOT));
  }

  private void count(String model, String tokenClass, int tokens) {
    registry.counter(Metric.TOKENS.id(), "model", model, "class", tokenClass).increment(tokens);
  }
}
