package io.r1platform.api.relay;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.r1platform.api.metering.Admission;
import io.r1platform.api.metering.Charge;
import io.r1platform.api.metering.Finish;
import io.r1platform.api.metering.Outcome;
import io.r1platform.api.observability.RequestTraces;
import io.r1platform.api.observability.RequestTraces.Part;
import io.r1platform.api.prices.Tokens;
import io.r1platform.api.upstreams.Upstream;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The spans of a request, written when it has ended and all of it is known, so that a running one
 * costs nothing. Names are those of OpenTelemetry's conventions for generative AI.
 */
@Component
final class RelayTraces {
  private static final AttributeKey<List<String>> FINISH_REASONS =
      AttributeKey.stringArrayKey("gen_ai.response.finish_reasons");

  private final RequestTraces traces;

  RelayTraces(RequestTraces traces) {
    this.traces = traces;
  }

  void finished(
      EngineClient.Call call,
      Admission admission,
      String model,
      @Nullable Upstream server,
      Outcome outcome,
      Charge charge) {
    if (traces.samples(call.id())) {
      Span request =
          start(call, Part.REQUEST, model, admission, SpanKind.SERVER)
              .setAttribute("http.request.method", "POST")
              .setAttribute("http.route", call.kind().enginePath())
              .setAttribute("r1.organization_id", admission.caller().organizationId())
              .setAttribute("r1.project_id", admission.caller().projectId())
              .setAttribute("r1.replica", call.replica())
              .setAttribute("r1.cost", charge.amount().decimal());
      if (outcome.ttftMillis() > 0) {
        Duration first = Duration.ofMillis(outcome.ttftMillis());
        request.addEvent("first token", admission.admittedAt().plus(first));
      }
      end(request, outcome, charge.charged());
      Span engine = start(call, Part.ENGINE, model, admission, SpanKind.CLIENT);
      if (server != null) {
        engine
            .setAttribute("server.address", server.url().getHost())
            .setAttribute("server.port", server.url().getPort());
      }
      end(engine, outcome, outcome.generated());
    }
  }

  private Span start(
      EngineClient.Call call, Part part, String model, Admission admission, SpanKind kind) {
    String operation = call.kind() == Kind.CHAT ? "chat" : "text_completion";
    SpanBuilder builder =
        traces
            .span(call.id(), part, operation + " " + model)
            .setSpanKind(kind)
            .setStartTimestamp(admission.admittedAt())
            .setAttribute("gen_ai.operation.name", operation)
            .setAttribute("gen_ai.provider.name", "r1_platform")
            .setAttribute("gen_ai.request.model", model)
            .setAttribute("gen_ai.request.max_tokens", call.maxTokens())
            .setAttribute("r1.request_id", call.id().toString());
    return traces.start(call.id(), part, builder);
  }

  private static void end(Span span, Outcome outcome, Tokens tokens) {
    Finish finish = outcome.finish();
    span.setAttribute(FINISH_REASONS, List.of(finish.wire()))
        .setAttribute("gen_ai.usage.input_tokens", tokens.input())
        .setAttribute("gen_ai.usage.cache_read.input_tokens", tokens.hit())
        .setAttribute("gen_ai.usage.output_tokens", tokens.output())
        .setAttribute("r1.usage.reasoning_tokens", tokens.reasoning());
    if (finish == Finish.ENGINE_ERROR || finish == Finish.DEADLINE || finish == Finish.REFUSED) {
      span.setAttribute("error.type", finish.wire()).setStatus(StatusCode.ERROR);
    }
    span.end(outcome.finishedAt());
  }
}
