package io.r1platform.inference.observability;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What is ours in Spring Boot's OpenTelemetry: the gateway samples, and nothing is traced unasked.
 */
@Configuration(proxyBeanMethods = false)
class TracingConfiguration {
  @Bean
  Sampler asTheGatewaySays() {
    return Sampler.parentBased(Sampler.alwaysOff());
  }

  @Bean
  RequestTraces requestTraces(OpenTelemetry telemetry, ObjectProvider<SpanExporter> exporters) {
    boolean wanted = exporters.stream().findAny().isPresent();
    return wanted ? new RequestTraces(telemetry.getTracer("io.r1platform")) : RequestTraces.OFF;
  }
}
