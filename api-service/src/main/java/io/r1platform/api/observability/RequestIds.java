package io.r1platform.api.observability;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.sdk.trace.IdGenerator;

/** Random ids, but for a span whose ids follow from its request's. */
final class RequestIds implements IdGenerator {
  /** The ids of the span that is started. */
  static final ScopedValue<SpanContext> GIVEN = ScopedValue.newInstance();

  private static final IdGenerator RANDOM = IdGenerator.random();

  @Override
  public String generateSpanId() {
    return GIVEN.isBound() ? GIVEN.get().getSpanId() : RANDOM.generateSpanId();
  }

  @Override
  public String generateTraceId() {
    return GIVEN.isBound() ? GIVEN.get().getTraceId() : RANDOM.generateTraceId();
  }
}
