package io.r1platform.api.relay;

import static io.r1platform.api.relay.Wire.r1;
import static io.r1platform.api.relay.Wire.usage;
import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Await;
import io.r1platform.api.FakeBilling.Illness;
import io.r1platform.api.OpenApi;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ErrorResponses;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code /openapi.json}, held against the routes, the codes and the answers of this service. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenApiIT {
  /** Codes that only the console's routes answer with. */
  private static final Set<ErrorCode> CONSOLE =
      EnumSet.of(
          ErrorCode.INVALID_CREDENTIALS,
          ErrorCode.NOT_AUTHENTICATED,
          ErrorCode.FORBIDDEN,
          ErrorCode.UNKNOWN_DATASET,
          ErrorCode.STALE_VERSION,
          ErrorCode.VERSION_REQUIRED,
          ErrorCode.TOO_MANY_ATTEMPTS,
          ErrorCode.BILLING_UNAVAILABLE);

  private static final String CHAT =
      "{\"model\":\"r1-nano\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

  private Gateway gateway;
  private OpenApi description;

  @BeforeAll
  void start() {
    gateway = new Gateway(Map.of());
    HttpResponse<String> answer =
        gateway.api.send(HttpRequest.newBuilder(gateway.api.uri("/openapi.json")));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type")).contains("application/json");
    description = new OpenApi(answer.body());
  }

  @AfterAll
  void stop() {
    gateway.close();
  }

  @Test
  void describesEveryRouteOfTenantsAndNoOther() {
    List<String> mapped =
        gateway.api.bean(RequestMappingHandlerMapping.class).getHandlerMethods().keySet().stream()
            .flatMap(
                mapping ->
                    mapping.getPatternsCondition().getPatterns().stream()
                        .map(pattern -> pattern.getPatternString())
                        .filter(ErrorResponses::isTenantApi)
                        .flatMap(
                            path ->
                                mapping.getMethodsCondition().getMethods().stream()
                                    .map(method -> method + " " + path)))
            .toList();
    assertThat(description.routes()).containsExactlyInAnyOrderElementsOf(mapped);
  }

  @Test
  void namesEveryCodeThatTenantsCanMeet() {
    assertThat(description.errorCodes())
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(ErrorCode.values())
                .filter(code -> !CONSOLE.contains(code))
                .map(ErrorCode::wire)
                .toList());
  }

  @Test
  void itsExamplesAreWhatItDescribes() {
    description.examples(
        (where, example) ->
            assertThat(description.judge(example.schema(), example.value())).as(where).isEmpty());
  }

  /** The judge would say so if an example were wrong. */
  @Test
  void aWrongExampleIsFound() {
    JsonNode reference =
        JsonMapper.shared().readTree("{\"$ref\":\"#/components/schemas/Balance\"}");
    JsonNode example = description.resolve("#/components/schemas/Balance").path("examples").get(0);
    JsonNode exponent =
        JsonMapper.shared().readTree(example.toString().replace("\"108.499999999999\"", "\"1e2\""));
    assertThat(description.judge(reference, exponent)).contains("available");
  }

  @Test
  void everyReferenceLeadsSomewhereAndEveryPartIsUsed() {
    Set<String> used = Set.copyOf(description.references());
    assertThat(used).allSatisfy(r -> assertThat(description.resolve(r).isObject()).isTrue());
    Stream.of("schemas", "parameters", "responses", "requestBodies", "headers")
        .forEach(
            kind ->
                description
                    .document()
                    .path("components")
                    .path(kind)
                    .propertyNames()
                    .forEach(
                        name -> {
                          if (!Set.of("ChatCompletionChunk", "ErrorEvent").contains(name)) {
                            assertThat(used).contains("#/components/%s/%s".formatted(kind, name));
                          }
                        }));
  }

  @Test
  void answersAreWhatItDescribes() {
    gateway.engine.does(
        chat ->
            chat.json()
                .write(
                    """
                    {"id":"chatcmpl-x","object":"chat.completion","created":1,"model":"r1-nano",
                     "choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant",
                     "reasoning_content":"We","content":"hi"}}],%s,%s}
                    """
                        .formatted(usage(2, 3), r1("stop"))));
    String id = Gateway.id(described("post", "/v1/chat/completions", CHAT, 200));
    described("get", "/v1/models", null, 200);
    described("post", "/v1/tokenize", "{\"model\":\"r1-nano\",\"input\":\"x\"}", 200);
    described("post", "/v1/quotes", "{\"request\":" + CHAT + "}", 200);
    described("get", "/v1/limits", null, 200);
    statements();
    filesAndBatches();
    HttpResponse<String> request = gateway.get("/v1/requests/" + id);
    assertThat(
            description.judge(
                description.answer("/v1/requests/{id}", "get", 200),
                JsonMapper.shared().readTree(request.body())))
        .isEmpty();
  }

  private void statements() {
    HttpResponse<String> invoices = described("get", "/v1/invoices", null, 200);
    String last = JsonMapper.shared().readTree(invoices.body()).path("last_id").asString();
    fits(gateway.get("/v1/invoices/" + last), "/v1/invoices/{id}", "get");
    for (String path :
        List.of(
            "/v1/usage",
            "/v1/costs",
            "/v1/organization/usage/completions",
            "/v1/organization/costs")) {
      fits(gateway.get(path + "?start_time=1795305600"), path, "get");
    }
  }

  private void filesAndBatches() {
    var client = new BatchClient(gateway.api, gateway.key);
    String batch = client.batch(BatchClient.lines(1));
    JsonNode ended = client.awaitStatus(batch, "completed");
    String file = ended.path("input_file_id").asString();
    fits(client.get("/v1/files"), "/v1/files", "get");
    fits(client.get("/v1/files/" + file), "/v1/files/{id}", "get");
    fits(client.get("/v1/batches"), "/v1/batches", "get");
    fits(client.get("/v1/batches/" + batch), "/v1/batches/{id}", "get");
    fits(client.create(file, null), "/v1/batches", "post");
    String fresh = client.file("x");
    fits(client.delete("/v1/files/" + fresh), "/v1/files/{id}", "delete");
  }

  private void fits(HttpResponse<String> answer, String path, String method) {
    assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(200);
    assertThat(
            description.judge(
                description.answer(path, method, 200), JsonMapper.shared().readTree(answer.body())))
        .as(path)
        .isEmpty();
  }

  @Test
  void errorsAreWhatItDescribes() {
    described("post", "/v1/chat/completions", "{", 400);
    described("post", "/v1/completions", "{\"model\":\"r1-nano\"}", 400);
    described("post", "/v1/tokenize", "{\"model\":\"gpt-5\",\"input\":\"x\"}", 404);
    described("post", "/v1/quotes", "{}", 400);
    described("get", "/v1/usage", null, 400);
    described("post", "/v1/batches", "{}", 400);
    described("get", "/v1/costs", null, 400);
    described("get", "/v1/organization/costs", null, 400);
    described("get", "/v1/organization/usage/completions", null, 400);
    gateway.billing.leases().limit("KEY", 1, "2026-12-01T00:00:00Z");
    Await.until(
        "the budget binds", () -> gateway.post("/v1/chat/completions", CHAT).statusCode() == 402);
    described("post", "/v1/chat/completions", CHAT, 402);
    gateway.billing.leases().unlimit("KEY");
    gateway.billing.become(Illness.DOWN);
    for (String path : List.of("/v1/limits", "/v1/balance", "/user/balance")) {
      described("get", path, null, 503);
    }
    gateway.billing.become(Illness.NONE);
  }

  private HttpResponse<String> described(
      String method, String path, @Nullable String body, int status) {
    HttpResponse<String> answer = body == null ? gateway.get(path) : gateway.post(path, body);
    assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(status);
    assertThat(
            description.judge(
                description.answer(path, method, status),
                JsonMapper.shared().readTree(answer.body())))
        .as(path)
        .isEmpty();
    return answer;
  }
}
