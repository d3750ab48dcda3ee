package io.r1platform.inference.observability;

import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The spans of requests, each a child of the gateway's, which alone decides what is traced. Without
 * an OTLP endpoint nothing is done.
 */
public final class RequestTraces {
  /** W3C's header. */
  public static final String PARENT = "traceparent";

  /** Traces nothing. */
  public static final RequestTraces OFF = new RequestTraces(null);

  private final @Nullable Tracer tracer;

  RequestTraces(@Nullable Tracer tracer) {
    this.tracer = tracer;
  }

  /** A span below the gateway's; null if the request is not traced. */
  public @Nullable SpanBuilder span(@Nullable String parent, String name) {
    return tracer == null || parent == null
        ? null
        : tracer.spanBuilder(name).setParent(contextOf(parent));
  }

  private static Context contextOf(String parent) {
    return W3CTraceContextPropagator.getInstance()
        .extract(Context.root(), parent, ParentHeader.INSTANCE);
  }

  /** Reads the one header there is. */
  private enum ParentHeader implements TextMapGetter<String> {
    INSTANCE;

    @Override
    public Iterable<String> keys(String parent) {
      return List.of(PARENT);
    }

    @Override
    public @Nullable String get(@Nullable String parent, String name) {
      return name.equals(PARENT) ? parent : null;
    }
  }
}
