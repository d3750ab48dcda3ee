package io.r1platform.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.standalone.home.Ports;
import io.r1platform.standalone.supervisor.Part;
import io.r1platform.testing.Figures;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** From one {@code x-request-id} to its trace, its log lines and its metrics in three services. */
class TraceIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String API = "api-service";
  private static final String INFERENCE = "inference-service";
  private static final String BILLING = "billing-service";
  private static final String PROMPT = "What is 347 + 589?";
  private static final String TENANTS_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

  private static Map<String, String> settings(OtlpReceiver receiver) {
    return Map.of(
        "management.opentelemetry.tracing.export.otlp.endpoint",
        receiver.endpoint(),
        "management.opentelemetry.tracing.export.schedule-delay",
        "200ms",
        "management.tracing.sampling.probability",
        "1.0",
        "logging.structured.format.console",
        "ecs");
  }

  @Test
  void oneRequestIsFoundInThreeServices() throws Exception {
    try (var receiver = new OtlpReceiver();
        var http = HttpClient.newHttpClient();
        var platform =
            Platform.start(
                "trace",
                fresh ->
                    Stream.of(Part.values())
                        .forEach(part -> fresh.configure(part, settings(receiver))))) {
      String key = platform.mintKey();
      HttpResponse<String> answer = http.send(question(platform, key), text());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      JsonNode usage = JSON.readTree(answer.body()).path("usage");
      UUID id = UUID.fromString(answer.headers().firstValue("x-request-id").orElseThrow());
      platform.inLedger(id);
      String traceId = id.toString().replace("-", "");
      Platform.awaitThat("all spans have come", () -> receiver.trace(traceId).size() == 4);

      checkTrace(receiver.trace(traceId), id, usage);
      checkCalls(receiver);
      assertThat(receiver.trace(TENANTS_TRACE)).isEmpty();
      assertThat(receiver.all())
          .noneMatch(span -> span.whole().contains(key) || span.whole().contains("347 + 589"));

      Platform.Printed found = platform.r1("trace", id.toString());
      assertThat(found.exit()).as(found.text()).isZero();
      int lines = checkLines(found.text(), id);
      int metrics = checkMetrics(platform, http);
      checkRefused(platform, http, receiver);
      Figures.write(
          "trace",
          "spans=%d services=3 log_lines=%d metrics=%d calls_to_billing=%d"
              .formatted(receiver.trace(traceId).size(), lines, metrics, callsTo(receiver).size()));
    }
  }

  /** One that never ran: without a key. */
  private static void checkRefused(Platform platform, HttpClient http, OtlpReceiver receiver)
      throws Exception {
    HttpResponse<String> refused = http.send(question(platform, "sk-r1-none"), text());
    assertThat(refused.statusCode()).isEqualTo(401);
    String id = refused.headers().firstValue("x-request-id").orElseThrow();
    String traceId = id.replace("-", "");
    Platform.awaitThat("its span has come", () -> receiver.trace(traceId).size() == 1);
    assertThat(receiver.trace(traceId).getFirst().attributes())
        .containsEntry("error.type", "invalid_api_key")
        .containsEntry("r1.request_id", id);
    Platform.Printed found = platform.r1("trace", id);
    assertThat(found.exit()).as(found.text()).isZero();
    assertThat(found.text()).contains("error=invalid_api_key", "trace lines=1");
  }

  /** A tenant that sends a trace of its own, and wants it sampled. */
  private static HttpRequest question(Platform platform, String key) {
    String body =
        JSON.writeValueAsString(
            Map.of(
                "model",
                Platform.MODEL,
                "temperature",
                0,
                "messages",
                List.of(Map.of("role", "user", "content", PROMPT))));
    return HttpRequest.newBuilder(URI.create(platform.url() + "/v1/chat/completions"))
        .header("Authorization", "Bearer " + key)
        .header("Content-Type", "application/json")
        .header("traceparent", "00-" + TENANTS_TRACE + "-00f067aa0ba902b7-01")
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  private static HttpResponse.BodyHandler<String> text() {
    return HttpResponse.BodyHandlers.ofString();
  }

  private static void checkTrace(List<OtlpReceiver.Span> trace, UUID id, JsonNode usage) {
    OtlpReceiver.Span request = only(trace, API, "SPAN_KIND_SERVER");
    OtlpReceiver.Span call = only(trace, API, "SPAN_KIND_CLIENT");
    OtlpReceiver.Span engine = only(trace, INFERENCE, "SPAN_KIND_SERVER");
    OtlpReceiver.Span posted = only(trace, BILLING, "SPAN_KIND_CONSUMER");
    assertThat(request.parentId()).isEmpty();
    assertThat(call.parentId()).isEqualTo(request.spanId());
    assertThat(engine.parentId()).isEqualTo(call.spanId());
    assertThat(posted.parentId()).isEqualTo(request.spanId());
    assertThat(posted.whole()).as("the batch it came in").contains("links {");
    assertThat(trace)
        .allSatisfy(
            span -> assertThat(span.attributes()).containsEntry("r1.request_id", id.toString()));
    for (OtlpReceiver.Span span : List.of(request, call, engine)) {
      assertThat(span.name()).isEqualTo("chat " + Platform.MODEL);
      assertThat(span.attributes())
          .containsEntry("gen_ai.operation.name", "chat")
          .containsEntry("gen_ai.request.model", Platform.MODEL)
          .containsEntry("gen_ai.response.finish_reasons", "[stop]")
          .containsEntry("gen_ai.usage.input_tokens", usage.path("prompt_tokens").asString())
          .containsEntry("gen_ai.usage.output_tokens", usage.path("completion_tokens").asString());
    }
  }

  private static OtlpReceiver.Span only(
      List<OtlpReceiver.Span> trace, String service, String kind) {
    List<OtlpReceiver.Span> found =
        trace.stream()
            .filter(span -> span.service().equals(service) && span.kind().equals(kind))
            .toList();
    assertThat(found).as("%s %s of %s", service, kind, trace).hasSize(1);
    return found.getFirst();
  }

  /** What the gateway asked billing for is continued there: leases and usage. */
  private static void checkCalls(OtlpReceiver receiver) {
    Platform.awaitThat(
        "calls have both ends",
        () ->
            callsTo(receiver).stream()
                .map(OtlpReceiver.Span::name)
                .collect(Collectors.toSet())
                .containsAll(
                    List.of("POST /internal/v1/leases", "POST /internal/v1/usage-batches")));
  }

  private static List<OtlpReceiver.Span> callsTo(OtlpReceiver receiver) {
    var callers =
        receiver.all().stream()
            .filter(span -> span.service().equals(API) && span.kind().equals("SPAN_KIND_CLIENT"))
            .map(OtlpReceiver.Span::spanId)
            .collect(Collectors.toSet());
    return receiver.all().stream()
        .filter(span -> span.service().equals(BILLING) && span.kind().equals("SPAN_KIND_SERVER"))
        .filter(span -> callers.contains(span.parentId()))
        .toList();
  }

  private static int checkLines(String printed, UUID id) {
    Map<String, List<JsonNode>> lines =
        printed
            .lines()
            .filter(line -> line.contains(" | "))
            .collect(
                Collectors.groupingBy(
                    line -> line.substring(0, line.indexOf(" | ")).strip(),
                    Collectors.mapping(
                        line -> JSON.readTree(line.substring(line.indexOf(" | ") + 3)),
                        Collectors.toList())));
    assertThat(lines).containsOnlyKeys(API, INFERENCE, BILLING);
    lines.forEach(
        (service, its) ->
            assertThat(its)
                .allSatisfy(
                    line -> {
                      assertThat(line.path("request_id").asString()).isEqualTo(id.toString());
                      assertThat(line.path("trace.id").asString())
                          .isEqualTo(id.toString().replace("-", ""));
                      assertThat(line.path("service").path("name").asString()).isEqualTo(service);
                    }));
    return lines.values().stream().mapToInt(List::size).sum();
  }

  /** The series that its span's attributes name. */
  private static int checkMetrics(Platform platform, HttpClient http) throws Exception {
    String model = "model=\"" + Platform.MODEL + "\"";
    Map<Ports.Name, List<String>> series =
        Map.of(
            Ports.Name.API_MANAGEMENT,
            List.of("r1_request_seconds_count{", "finish=\"stop\"", model),
            Ports.Name.INFERENCE_MANAGEMENT,
            List.of("r1_engine_finished_total{", "reason=\"stop\"", model),
            Ports.Name.BILLING_MANAGEMENT,
            List.of("r1_billing_items_total{", "result=\"ACCEPTED\"", "source=\"gateway\""));
    for (var wanted : series.entrySet()) {
      var scrape =
          HttpRequest.newBuilder(URI.create(platform.url(wanted.getKey()) + "/actuator/prometheus"))
              .build();
      assertThat(http.send(scrape, text()).body().lines())
          .anyMatch(line -> wanted.getValue().stream().allMatch(line::contains));
    }
    return series.size();
  }
}
