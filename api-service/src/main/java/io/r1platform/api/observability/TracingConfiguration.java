package io.r1platform.api.observability;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.r1platform.service.TraceSampler;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.micrometer.tracing.autoconfigure.TracingProperties;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.SdkTracerProviderBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What is ours in Spring Boot's OpenTelemetry: ids, sampling, and that nothing is traced unasked.
 */
@Configuration(proxyBeanMethods = false)
class TracingConfiguration {
  @Bean
  TraceSampler traceSampler(TracingProperties properties) {
    return new TraceSampler(properties.getSampling().getProbability());
  }

  @Bean
  SdkTracerProviderBuilderCustomizer idsOfRequests() {
    return builder -> builder.setIdGenerator(new RequestIds());
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
