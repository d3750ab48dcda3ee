package io.r1platform.api.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.AdminDescription;
import io.r1platform.api.Browser;
import io.r1platform.api.OpenApi;
import io.r1platform.api.RunningApi;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.testing.TestDatabase;
import java.net.http.HttpRequest;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code /admin/api/openapi.json}, held against the table of routes and what is mapped. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdminOpenApiIT {
  private static final String SESSION = "/admin/api/session";

  /** What the admin API cannot answer, since it charges nothing and runs nothing. */
  private static final Set<ErrorCode> TENANTS =
      Set.of(
          ErrorCode.UNSUPPORTED_CONTENT,
          ErrorCode.UNSUPPORTED_PARAMETER,
          ErrorCode.UNSUPPORTED_SCHEMA,
          ErrorCode.CONTEXT_LENGTH_EXCEEDED,
          ErrorCode.INSUFFICIENT_BALANCE,
          ErrorCode.BUDGET_EXCEEDED,
          ErrorCode.BUDGET_HELD,
          ErrorCode.ORGANIZATION_SUSPENDED,
          ErrorCode.MODEL_NOT_FOUND,
          ErrorCode.REQUEST_CANCELLED,
          ErrorCode.MAX_COST_TOO_LOW,
          ErrorCode.CONCURRENCY_EXCEEDED,
          ErrorCode.QUEUE_FULL,
          ErrorCode.ENGINE_FAILED,
          ErrorCode.ENGINE_UNAVAILABLE,
          ErrorCode.METERING_UNAVAILABLE,
          ErrorCode.SERVER_DRAINING,
          ErrorCode.QUEUE_TIMEOUT,
          ErrorCode.DEADLINE_EXCEEDED);

  private final OpenApi description = AdminDescription.get();
  private RunningApi api;

  @BeforeAll
  void start() {
    api = RunningApi.start(TestDatabase.create(), Map.of());
  }

  @AfterAll
  void stop() {
    api.close();
  }

  @Test
  void isGivenToWhoeverIsIn() {
    String path = "/admin/api/openapi.json";
    var answer = Browser.loggedIn(api).get(path);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(JsonMapper.shared().readTree(answer.body())).isEqualTo(description.document());
    assertThat(api.send(HttpRequest.newBuilder(api.uri(path))).statusCode()).isEqualTo(401);
  }

  @Test
  void describesEveryRouteOfTheTableWithItsPermission() {
    Map<String, String> described = new TreeMap<>();
    operations(
        (route, operation) -> {
          if (!route.endsWith(SESSION)) {
            described.put(route, operation.path("x-r1-permission").asString(""));
          }
        });
    Map<String, String> table = new TreeMap<>();
    AdminRoutes.TABLE.forEach(
        entry ->
            table.put(
                entry.method() + " " + entry.path().getPatternString(),
                entry.permission().name().toLowerCase(Locale.ROOT)));
    assertThat(described).isEqualTo(table);
  }

  @Test
  void describesEveryMappedRouteAndNoOther() {
    Set<String> mapped = new TreeSet<>();
    api.bean(RequestMappingHandlerMapping.class)
        .getHandlerMethods()
        .keySet()
        .forEach(
            mapping ->
                mapping.getPatternsCondition().getPatterns().stream()
                    .map(pattern -> pattern.getPatternString().replace("{organization}", "{id}"))
                    .filter(path -> path.startsWith("/admin/api/"))
                    .forEach(
                        path ->
                            mapping
                                .getMethodsCondition()
                                .getMethods()
                                .forEach(method -> mapped.add(method + " " + path))));
    assertThat(new TreeSet<>(description.routes())).isEqualTo(mapped);
  }

  @Test
  void saysOfEveryWriteWhatHoldsOfIt() {
    operations(
        (route, operation) -> {
          String parameters = operation.path("parameters").toString();
          boolean isRead = route.startsWith("GET") || route.endsWith("/preview");
          if (isRead || route.endsWith(SESSION)) {
            return;
          }
          assertThat(parameters).as(route).contains("parameters/DryRun");
          assertThat(parameters.contains("parameters/IdempotencyKey"))
              .as(route)
              .isEqualTo(route.startsWith("POST"));
          assertThat(parameters.contains("parameters/IfMatch"))
              .as(route)
              .isEqualTo(
                  !route.startsWith("POST")
                      || route.matches(".*/(rotate|organizations/\\{id}/(suspend|resume))"));
        });
  }

  @Test
  void saysOfEveryListHowItIsPaged() {
    operations(
        (route, operation) -> {
          JsonNode ok = operation.path("responses").path("200").path("content");
          String schema = ok.path("application/json").path("schema").path("$ref").asString("");
          if (schema.endsWith("Page")) {
            assertThat(operation.path("parameters").toString())
                .as(route)
                .contains("parameters/Limit", "parameters/After", "\"sort\"");
          } else {
            assertThat(operation.path("operationId").asString()).as(route).doesNotStartWith("list");
          }
        });
  }

  @Test
  void namesEveryCodeThatItsCallersCanMeet() {
    assertThat(description.errorCodes())
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(ErrorCode.values())
                .filter(code -> !TENANTS.contains(code))
                .map(ErrorCode::wire)
                .toList());
  }

  @Test
  void itsExamplesAreWhatItDescribes() {
    description.examples(
        (where, example) ->
            assertThat(description.judge(example.schema(), example.value())).as(where).isEmpty());
  }

  @Test
  void everyReferenceLeadsSomewhereAndEveryPartIsUsed() {
    Set<String> used = Set.copyOf(description.references());
    assertThat(used).allSatisfy(r -> assertThat(description.resolve(r).isObject()).isTrue());
    Stream.of("schemas", "parameters", "responses")
        .forEach(
            kind ->
                description
                    .document()
                    .path("components")
                    .path(kind)
                    .propertyNames()
                    .forEach(
                        name -> assertThat(used).contains("#/components/" + kind + "/" + name)));
  }

  private interface Visitor {
    void visit(String route, JsonNode operation);
  }

  private void operations(Visitor visitor) {
    description
        .document()
        .path("paths")
        .forEachEntry(
            (path, item) ->
                item.forEachEntry(
                    (method, operation) -> {
                      if (!method.equals("parameters")) {
                        visitor.visit(method.toUpperCase(Locale.ROOT) + " " + path, operation);
                      }
                    }));
  }
}
