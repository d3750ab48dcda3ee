package io.r1platform.service;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.util.List;

/**
 * Samples by the trace id alone, by its last 56 bits, which W3C's Trace Context has random:
 * services of one probability agree on every trace. A span with a parent follows it. The SDK's own
 * sampler counts the bits of a UUID's variant too, and would take none of our ids below one half.
 */
public final class TraceSampler implements Sampler {
  private static final int RANDOM_DIGITS = 14;
  private static final long ALL = 1L << 56;

  private final long threshold;

  /**
   * One that samples this part of all traces.
   *
   * @param probability 0 to 1
   */
  public TraceSampler(double probability) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException(
          "management.tracing.sampling.probability must be 0 to 1, not " + probability);
    }
    this.threshold = Math.round((1 - probability) * ALL);
  }

  /**
   * Whether this trace is sampled, wherever its root is.
   *
   * @param traceId 32 hexadecimal digits
   */
  public boolean samples(String traceId) {
    int end = traceId.length();
    return Long.parseLong(traceId, end - RANDOM_DIGITS, end, /* radix= */ 16) >= threshold;
  }

  @Override
  public SamplingResult shouldSample(
      Context parent,
      String traceId,
      String name,
      SpanKind kind,
      Attributes attributes,
      List<LinkData> links) {
    SpanContext context = Span.fromContext(parent).getSpanContext();
    boolean sampled = context.isValid() ? context.isSampled() : samples(traceId);
    return sampled ? SamplingResult.recordAndSample() : SamplingResult.drop();
  }

  @Override
  public String getDescription() {
    return "R1TraceSampler";
  }
}
