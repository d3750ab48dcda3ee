package io.r1platform.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceSamplerTests {
  private static final String TRACE = "01993b2c7d1e7abc8def0123456789ab";
  private static final String ROOT = "8def0123456789ab";

  /** Below one half the SDK's own sampler would take no id at all. */
  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.1, 0.5, 0.9})
  void samplesThePartThatIsAskedFor(double probability) {
    var sampler = new TraceSampler(probability);
    int requests = 20_000;
    long sampled =
        Stream.generate(UUID::randomUUID)
            .limit(requests)
            .filter(id -> sampler.samples(id.toString().replace("-", "")))
            .count();
    double deviation = Math.sqrt(requests * probability * (1 - probability));
    assertThat((double) sampled)
        .isBetween(requests * probability - 6 * deviation, requests * probability + 6 * deviation);
  }

  @Test
  void aSpanBelowAnotherFollowsIt() {
    var parent = SpanContext.create(TRACE, ROOT, TraceFlags.getDefault(), TraceState.getDefault());
    Context context = Context.root().with(Span.wrap(parent));

    assertThat(
            new TraceSampler(1)
                .shouldSample(context, TRACE, "x", SpanKind.SERVER, Attributes.empty(), List.of())
                .getDecision())
        .isEqualTo(SamplingDecision.DROP);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
  void refusesWhatIsNoProbability(double probability) {
    assertThatIllegalArgumentException().isThrownBy(() -> new TraceSampler(probability));
  }
}
