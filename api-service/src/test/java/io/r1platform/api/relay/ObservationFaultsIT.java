package io.r1platform.api.relay;

import static io.r1platform.api.relay.Wire.DONE;
import static io.r1platform.api.relay.Wire.token;
import static io.r1platform.api.relay.Wire.usageChunk;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.r1platform.api.observability.Metric;
import java.net.http.HttpResponse;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.SdkTracerProviderBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What observes a request fails; the request, its answer and its charge do not. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ObservationFaultsIT {
  private static final List<String> BROKEN =
      List.of(Metric.REQUEST.id(), Metric.TIME_TO_FIRST_TOKEN.id(), Metric.TOKENS.id());
  private static final AtomicInteger SPANS = new AtomicInteger();
  private static final AtomicInteger METERS = new AtomicInteger();

  private final Gateway gateway =
      new Gateway(Map.of("management.tracing.sampling.probability", "1"), BrokenTraces.class);

  /** Spans of requests cannot begin. */
  @Configuration(proxyBeanMethods = false)
  static class BrokenTraces {
    @Bean
    SdkTracerProviderBuilderCustomizer brokenSpans() {
      return builder -> builder.addSpanProcessor(new Broken());
    }

    @Bean
    SpanExporter exporter() {
      return new Nowhere();
    }
  }

  private static final class Broken implements SpanProcessor {
    @Override
    public void onStart(Context parent, ReadWriteSpan span) {
      if (span.getName().startsWith("chat ")) {
        SPANS.incrementAndGet();
        throw new IllegalStateException("no span begins");
      }
    }

    @Override
    public boolean isStartRequired() {
      return true;
    }

    @Override
    public void onEnd(ReadableSpan span) {
      // None has begun.
    }

    @Override
    public boolean isEndRequired() {
      return false;
    }
  }

  private static final class Nowhere implements SpanExporter {
    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }

  @BeforeAll
  void breakMeters() {
    gateway
        .api
        .bean(MeterRegistry.class)
        .config()
        .meterFilter(
            new MeterFilter() {
              @Override
              public Meter.Id map(Meter.Id id) {
                if (BROKEN.contains(id.getName())) {
                  METERS.incrementAndGet();
                  throw new NoClassDefFoundError("a registry that is not whole");
                }
                return id;
              }
            });
  }

  @AfterAll
  void stop() {
    gateway.close();
  }

  private void generates() {
    gateway.engine.does(
        chat ->
            chat.stream().write(token(5, "content", "hi")).write(usageChunk(0, 5, "stop") + DONE));
  }

  @Test
  void anAnswerIsWholeAndCharged() {
    generates();
    int spans = SPANS.get();
    int meters = METERS.get();
    HttpResponse<String> answer =
        gateway.chat(
            """
            {"model":"r1-nano","messages":[{"role":"user","content":"hi"}],"stream":true,
             "stream_options":{"include_usage":true}}""");
    assertThat(answer.body()).contains("\"completion_tokens\":5").endsWith(DONE);
    assertThat(gateway.finalOf(Gateway.id(answer)).finish()).isEqualTo("stop");
    assertThat(SPANS.get()).as("spans were tried").isGreaterThan(spans);
    assertThat(METERS.get()).as("meters were tried").isGreaterThan(meters);
  }
}
