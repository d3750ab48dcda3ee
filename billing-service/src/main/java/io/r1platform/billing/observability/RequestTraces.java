package io.r1platform.billing.observability;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.r1platform.service.TraceSampler;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/**
 * The spans of requests. A request's trace id has the digits of its request id, and the id of its
 * root span, which is the gateway's, those of the second half: what becomes of a request here is
 * added to its trace, though it comes in a batch of many. Without an OTLP endpoint nothing is done.
 */
public final class RequestTraces {
  /** Traces nothing. */
  public static final RequestTraces OFF = new RequestTraces(null, new TraceSampler(0));

  /** The attribute of a call that has its span. */
  static final String CALL = RequestTraces.class.getName();

  private final @Nullable Tracer tracer;
  private final TraceSampler sampler;

  RequestTraces(@Nullable Tracer tracer, TraceSampler sampler) {
    this.tracer = tracer;
    this.sampler = sampler;
  }

  /** Whether anything is traced. */
  boolean areOn() {
    return tracer != null;
  }

  /** Whether the request is traced. */
  public boolean samples(UUID id) {
    return tracer != null && sampler.samples(traceId(id));
  }

  /** A span of a request that {@link #samples} says is traced, below the gateway's. */
  public SpanBuilder span(UUID id, String name) {
    SpanContext root =
        SpanContext.createFromRemoteParent(
            traceId(id),
            HexFormat.of().toHexDigits(id.getLeastSignificantBits()),
            TraceFlags.getSampled(),
            TraceState.getDefault());
    return below(Context.root().with(Span.wrap(root)), name);
  }

  /** The span of the call that this thread answers; invalid if there is none. */
  public SpanContext call() {
    RequestAttributes call = RequestContextHolder.getRequestAttributes();
    return call != null
            && call.getAttribute(CALL, RequestAttributes.SCOPE_REQUEST) instanceof Span span
        ? span.getSpanContext()
        : SpanContext.getInvalid();
  }

  /** A span below what a caller told of. */
  SpanBuilder below(Context parent, String name) {
    Tracer known = tracer;
    if (known == null) {
      throw new IllegalStateException("nothing is traced");
    }
    return known.spanBuilder(name).setParent(parent);
  }

  private static String traceId(UUID id) {
    return id.toString().replace("-", "");
  }
}
