package io.r1platform.api.observability;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.r1platform.api.observability.RequestTraces.Part;
import io.r1platform.service.TraceSampler;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RequestTracesTests {
  private static final UUID ID = UUID.fromString("01993b2c-7d1e-7abc-8def-0123456789ab");
  private static final String TRACE = "01993b2c7d1e7abc8def0123456789ab";
  private static final String ROOT = "8def0123456789ab";

  private static RequestTraces traces(double probability) {
    var sampler = new TraceSampler(probability);
    var provider =
        SdkTracerProvider.builder().setIdGenerator(new RequestIds()).setSampler(sampler).build();
    return new RequestTraces(provider.get("test"), sampler);
  }

  @Test
  void aTraceHasTheDigitsOfItsRequest() {
    RequestTraces traces = traces(1);
    Span root = traces.start(ID, Part.REQUEST, traces.span(ID, Part.REQUEST, "chat"));
    Span call = traces.start(ID, Part.ENGINE, traces.span(ID, Part.ENGINE, "chat"));

    assertThat(root.getSpanContext().getTraceId()).isEqualTo(TRACE);
    assertThat(root.getSpanContext().getSpanId()).isEqualTo(ROOT);
    assertThat(call.getSpanContext().getTraceId()).isEqualTo(TRACE);
    assertThat(traces.parent(ID, Part.ENGINE))
        .isEqualTo("00-%s-%s-01".formatted(TRACE, call.getSpanContext().getSpanId()))
        .doesNotContain(ROOT + "-01");
  }

  @Test
  void nothingIsTracedWithoutAnEndpoint() {
    assertThat(RequestTraces.OFF.areOn()).isFalse();
    assertThat(RequestTraces.OFF.samples(ID)).isFalse();
    assertThat(RequestTraces.OFF.parent(ID, Part.ENGINE)).isNull();
  }

  @Test
  void whatIsNotSampledIsNotToldToTheEngine() {
    assertThat(traces(0).parent(ID, Part.ENGINE)).isNull();
  }
}
