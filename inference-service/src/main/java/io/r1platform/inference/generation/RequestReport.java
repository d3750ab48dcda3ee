package io.r1platform.inference.generation;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.r1platform.inference.generation.GenerationEvent.Ended;
import io.r1platform.inference.generation.GenerationEvent.Usage;
import io.r1platform.inference.observability.RequestTraces;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One log line for each request that ended, and its span if it is traced. */
final class RequestReport {
  private static final Logger LOG = LoggerFactory.getLogger("io.r1platform.inference.requests");
  private static final AttributeKey<List<String>> FINISH_REASONS =
      AttributeKey.stringArrayKey("gen_ai.response.finish_reasons");

  private final RequestTraces traces;

  RequestReport(RequestTraces traces) {
    this.traces = traces;
  }

  /**
   * Tells of a request's end.
   *
   * @param whole of all its choices together
   */
  void ended(GenerationTask task, Ended whole, Instant startedAt, Instant endedAt) {
    Usage usage = whole.usage();
    LOG.info(
        "request={} attempt={} model={} finish={} hit={} miss={} reasoning={} output={}"
            + " queue_ms={} ttft_ms={} ms={}",
        task.eventId(),
        task.attempt(),
        task.model(),
        whole.finish().wire(),
        usage.promptHit(),
        usage.promptMiss(),
        usage.reasoning(),
        usage.output(),
        usage.queueMillis(),
        usage.ttftMillis(),
        Duration.between(startedAt, endedAt).toMillis());
    String operation = task.thinkCloseId() >= 0 ? "chat" : "text_completion";
    SpanBuilder builder = traces.span(task.traceparent(), operation + " " + task.model());
    if (builder != null) {
      Span span =
          builder
              .setSpanKind(SpanKind.SERVER)
              .setStartTimestamp(startedAt)
              .setAttribute("gen_ai.operation.name", operation)
              .setAttribute("gen_ai.provider.name", "r1_platform")
              .setAttribute("gen_ai.request.model", task.model())
              .setAttribute("gen_ai.request.max_tokens", task.maxTokens())
              .setAttribute("r1.request_id", task.eventId().toString())
              .setAttribute("r1.attempt", task.attempt())
              .startSpan();
      end(span, whole, startedAt, endedAt);
    }
  }

  private static void end(Span span, Ended whole, Instant startedAt, Instant endedAt) {
    Usage usage = whole.usage();
    span.addEvent("started", startedAt.plusMillis(usage.queueMillis()));
    if (usage.output() > 0) {
      span.addEvent("first token", startedAt.plusMillis(usage.ttftMillis()));
    }
    span.setAttribute(FINISH_REASONS, List.of(whole.finish().wire()))
        .setAttribute("gen_ai.usage.input_tokens", usage.prompt())
        .setAttribute("gen_ai.usage.cache_read.input_tokens", usage.promptHit())
        .setAttribute("gen_ai.usage.output_tokens", usage.output())
        .setAttribute("r1.usage.reasoning_tokens", usage.reasoning());
    if (whole.failure() != null) {
      span.setAttribute("error.type", whole.failure().code().code()).setStatus(StatusCode.ERROR);
    }
    span.end(endedAt);
  }
}
