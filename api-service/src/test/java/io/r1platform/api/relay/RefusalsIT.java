package io.r1platform.api.relay;

import static io.r1platform.api.relay.Wire.DONE;
import static io.r1platform.api.relay.Wire.usageChunk;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.r1platform.api.Await;
import io.r1platform.api.limits.LimitScope;
import io.r1platform.api.limits.LimitSets;
import io.r1platform.api.limits.Terms;
import java.net.http.HttpResponse;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What was refused before it ran is found by its id too. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(OutputCaptureExtension.class)
class RefusalsIT {
  private static final String BODY =
      """
      {"model":"%s","messages":[{"role":"user","content":"hi"}],"stream":true}""";
  private static final List<SpanData> SPANS = new CopyOnWriteArrayList<>();

  private final Gateway gateway =
      new Gateway(
          Map.of(
              "management.tracing.sampling.probability", "1",
              "management.opentelemetry.tracing.export.schedule-delay", "50ms"),
          Kept.class);

  @Configuration(proxyBeanMethods = false)
  static class Kept {
    @Bean
    SpanExporter exporter() {
      return new SpanExporter() {
        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
          SPANS.addAll(spans);
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
      };
    }
  }

  @AfterAll
  void stop() {
    gateway.close();
  }

  private static List<SpanData> spansOf(HttpResponse<String> answer) {
    String trace = Gateway.id(answer).replace("-", "");
    return SPANS.stream().filter(span -> span.getTraceId().equals(trace)).toList();
  }

  private static SpanData spanOf(HttpResponse<String> answer) {
    Await.until("its span", () -> !spansOf(answer).isEmpty());
    assertThat(spansOf(answer)).hasSize(1);
    return spansOf(answer).getFirst();
  }

  private static String attribute(SpanData span, String name) {
    return String.valueOf(
        span.getAttributes().asMap().entrySet().stream()
            .filter(entry -> entry.getKey().getKey().equals(name))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElse(null));
  }

  private void assertFound(
      HttpResponse<String> answer, int status, String error, CapturedOutput output) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    SpanData span = spanOf(answer);
    assertThat(attribute(span, "error.type")).isEqualTo(error);
    assertThat(attribute(span, "http.response.status_code")).isEqualTo(Integer.toString(status));
    assertThat(attribute(span, "r1.request_id")).isEqualTo(Gateway.id(answer));
    assertThat(span.getParentSpanContext().isValid()).isFalse();
    assertThat(output.getOut().lines())
        .anyMatch(
            line ->
                line.contains("request=" + Gateway.id(answer)) && line.contains("error=" + error));
  }

  @Test
  void eachHasASpanAndALine(CapturedOutput output) {
    HttpResponse<String> nobody = gateway.chatAs("sk-r1-nonsense", BODY.formatted("r1-nano"));
    assertFound(nobody, 401, "invalid_api_key", output);
    assertThat(attribute(spanOf(nobody), "r1.organization_id")).isEqualTo("null");

    HttpResponse<String> unknown = gateway.chat(BODY.formatted("gpt-5"));
    assertFound(unknown, 404, "model_not_found", output);
    assertThat(spanOf(unknown).getName()).isEqualTo("POST /v1/chat/completions");
    assertThat(attribute(spanOf(unknown), "r1.organization_id"))
        .isEqualTo(Long.toString(gateway.organizationId));

    assertFound(gateway.get("/v1/files/file-none"), 404, "not_found", output);
  }

  @Test
  void whatALimitOrABudgetRefusesToo(CapturedOutput output) {
    String key = gateway.issueKey();
    long keyId = gateway.caller().keyId();
    gateway
        .api
        .bean(LimitSets.class)
        .replace(LimitScope.KEY, keyId, 0, Map.of(0, new Terms(1L, null, null, null)));
    gateway.engine.does(chat -> chat.stream().write(usageChunk(0, 5, "stop") + DONE));
    Await.until(
        "the limit is known",
        () -> gateway.chatAs(key, BODY.formatted("r1-nano")).statusCode() == 429);
    assertFound(gateway.chatAs(key, BODY.formatted("r1-nano")), 429, "rate_limit_exceeded", output);
  }

  /** It has a span of its own, which says the same, and what it cost. */
  @Test
  void whatRanAndFailedHasNoSecondRoot() {
    gateway.engine.does(chat -> chat.error(503, "engine_overloaded", "full"));
    HttpResponse<String> answer = gateway.chat(BODY.formatted("r1-nano"));
    assertThat(answer.statusCode()).isEqualTo(503);
    Await.until("both spans", () -> spansOf(answer).size() == 2);
    HttpResponse<String> later = gateway.chat(BODY.formatted("gpt-5"));
    spanOf(later); // whatever came of the first was exported before it
    assertThat(spansOf(answer))
        .extracting(span -> span.getAttributes().get(AttributeKey.stringKey("error.type")))
        .containsOnly("refused");
  }
}
