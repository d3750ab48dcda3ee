package io.r1platform.api.observability;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.r1platform.service.TraceSampler;
import java.time.Duration;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The spans of requests. A request's trace id has the digits of its request id, and its spans' ids
 * follow from it too, so that a trace is found from the request, a service that learns of a request
 * later can add to its trace, and no client's header decides what is traced. Without an OTLP
 * endpoint nothing is done.
 */
public final class RequestTraces {
  /** W3C's header. */
  public static final String PARENT = "traceparent";

  /** Longer than a request waits between its end and what its client hears of it. */
  private static final Duration ENDED_FOR = Duration.ofMinutes(2);

  private static final int MOST_ENDED = 20_000;

  /** Traces nothing. */
  public static final RequestTraces OFF = new RequestTraces(null, new TraceSampler(0));

  /** The spans of this service in a request's trace. */
  public enum Part {
    /** The request as its client sees it: the root. */
    REQUEST(0),
    /** The call to the engine. */
    ENGINE(1);

    private final int number;

    Part(int number) {
      this.number = number;
    }
  }

  private final @Nullable Tracer tracer;
  private final TraceSampler sampler;
  private final Cache<UUID, Boolean> ended =
      Caffeine.newBuilder().maximumSize(MOST_ENDED).expireAfterWrite(ENDED_FOR).build();

  RequestTraces(@Nullable Tracer tracer, TraceSampler sampler) {
    this.tracer = tracer;
    this.sampler = sampler;
  }

  /** Whether anything is traced. */
  public boolean areOn() {
    return tracer != null;
  }

  /** Whether the request is traced. */
  public boolean samples(UUID id) {
    return tracer != null && sampler.samples(traceId(id));
  }

  /** Whether the root span of a request was started in the last minutes. */
  public boolean hasRoot(UUID id) {
    return ended.getIfPresent(id) != null;
  }

  /** The header that makes the callee's span a child of {@code part}; null if it is not traced. */
  public @Nullable String parent(UUID id, Part part) {
    return samples(id) ? header(context(id, part)) : null;
  }

  /** The header that makes the callee's span a child of {@code span}; null if it is not traced. */
  public @Nullable String parent(Span span) {
    SpanContext context = span.getSpanContext();
    return context.isSampled() ? header(context) : null;
  }

  /** A span of a call that belongs to no single request, in a trace of its own. */
  public SpanBuilder call(String name) {
    return required().spanBuilder(name).setNoParent();
  }

  /** A span of a request that {@link #samples} says is traced; {@link #start} starts it. */
  public SpanBuilder span(UUID id, Part part, String name) {
    SpanBuilder builder = required().spanBuilder(name);
    return part == Part.REQUEST
        ? builder.setNoParent()
        : builder.setParent(Context.root().with(Span.wrap(context(id, Part.REQUEST))));
  }

  /** Starts it under the ids that others know. */
  public Span start(UUID id, Part part, SpanBuilder builder) {
    if (part == Part.REQUEST) {
      ended.put(id, Boolean.TRUE);
    }
    return ScopedValue.where(RequestIds.GIVEN, context(id, part)).call(builder::startSpan);
  }

  private Tracer required() {
    Tracer known = tracer;
    if (known == null) {
      throw new IllegalStateException("nothing is traced");
    }
    return known;
  }

  private static String header(SpanContext context) {
    return "00-%s-%s-01".formatted(context.getTraceId(), context.getSpanId());
  }

  private static SpanContext context(UUID id, Part part) {
    return SpanContext.create(
        traceId(id),
        HexFormat.of().toHexDigits(id.getLeastSignificantBits() ^ part.number),
        TraceFlags.getSampled(),
        TraceState.getDefault());
  }

  private static String traceId(UUID id) {
    return id.toString().replace("-", "");
  }
}
