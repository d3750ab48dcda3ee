package io.r1platform.billing.observability;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.r1platform.service.TraceSampler;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.micrometer.tracing.autoconfigure.TracingProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What is ours in Spring Boot's OpenTelemetry: sampling, and that nothing is traced unasked. */
@Configuration(proxyBeanMethods = false)
class TracingConfiguration {
  @Bean
  TraceSampler traceSampler(TracingProperties properties) {
    return new TraceSampler(properties.getSampling().getProbability());
  }

  @Bean
  RequestTraces requestTraces(
      OpenTelemetry telemetry, ObjectProvider<SpanExporter> exporters, TraceSampler sampler) {
    boolean wanted = exporters.stream().findAny().isPresent();
    return wanted
        ? new RequestTraces(telemetry.getTracer("io.r1platform"), sampler)
        : RequestTraces.OFF;
  }
}
