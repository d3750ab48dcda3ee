package io.r1platform.api.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Await;
import io.r1platform.api.RunningApi;
import io.r1platform.api.errors.ErrorResponses;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.keys.KeyCheck;
import io.r1platform.api.keys.KeyTerms;
import io.r1platform.api.keys.Keys;
import io.r1platform.api.keys.Rights;
import io.r1platform.api.keys.Scope;
import io.r1platform.api.tenants.Tenants;
import io.r1platform.testing.TestDatabase;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Which key opens which route of the tenant API. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ScopesIT {
  private static final String FORGOTTEN = "/v1/forgotten";

  /** As tenants are told; one of the scopes is enough. */
  private static final String TABLE =
      """
      POST   /v1/chat/completions       inference
      POST   /chat/completions          inference
      POST   /v1/completions            inference
      POST   /completions               inference
      GET    /v1/models                 inference batch
      GET    /models                    inference batch
      GET    /v1/models/{name}          inference batch
      GET    /models/{name}             inference batch
      POST   /v1/tokenize               inference
      POST   /v1/quotes                 inference
      GET    /v1/requests/{id}          inference batch usage:read
      POST   /v1/requests/{id}/cancel   inference batch
      GET    /v1/requests/{id}/content  inference
      DELETE /v1/requests/{id}/content  inference
      GET    /v1/receipts               usage:read
      GET    /v1/receipts/{id}          inference batch usage:read
      GET    /v1/invoices               invoices:read
      GET    /v1/invoices/{id}          invoices:read
      GET    /v1/invoices/{id}/bundle   invoices:read
      GET    /v1/invoices/{id}/pdf      invoices:read
      GET    /v1/exports                usage:read
      POST   /v1/exports                usage:read
      GET    /v1/exports/{id}           usage:read
      POST   /v1/exports/{id}/cancel    usage:read
      GET    /v1/exports/{id}/files/{name}  usage:read
      GET    /v1/files                  batch
      POST   /v1/files                  batch
      GET    /v1/files/{id}             batch
      DELETE /v1/files/{id}             batch
      GET    /v1/files/{id}/content     batch
      GET    /v1/batches                batch
      POST   /v1/batches                batch
      GET    /v1/batches/{id}           batch
      POST   /v1/batches/{id}/cancel    batch
      GET    /v1/usage                  usage:read
      GET    /v1/costs                  usage:read
      GET    /v1/organization/usage/completions  usage:read
      GET    /v1/organization/costs     usage:read
      GET    /v1/balance                usage:read
      GET    /user/balance              usage:read
      GET    /v1/limits                 usage:read
      """;

  private final TestDatabase database = TestDatabase.create();
  private final Map<Scope, String> keys = new EnumMap<>(Scope.class);
  private RunningApi api;

  private record Route(String method, String pattern) {
    String path() {
      return pattern.replaceAll("\\{[^}]*}", "7");
    }
  }

  @BeforeAll
  void start() {
    api = RunningApi.start(database, Map.of(), Forgotten.class);
    Tenants tenants = api.bean(Tenants.class);
    long project = tenants.createProject(tenants.createOrganization("Acme").id(), "Chat").id();
    for (Scope scope : Scope.values()) {
      var terms = new KeyTerms(scope.wire(), null, new Rights(Set.of(scope), null, List.of()));
      keys.put(scope, api.bean(Keys.class).issue(project, terms).secret());
    }
    Await.until("keys", () -> api.get("/v1/models", key(Scope.INFERENCE)).statusCode() == 200);
  }

  @AfterAll
  void stop() {
    api.close();
  }

  @Test
  void everyRouteIsInTheTable() {
    Set<Route> mapped = mapped();
    assertThat(mapped.remove(new Route("GET", FORGOTTEN))).isTrue();
    assertThat(mapped).containsExactlyInAnyOrderElementsOf(table().keySet());
  }

  @Test
  void eachScopeOpensItsRoutesAndNoOther() {
    table()
        .forEach(
            (route, opened) -> {
              for (Scope scope : Scope.values()) {
                HttpResponse<String> answer = send(route, key(scope));
                String what = "%s with %s: %s".formatted(route, scope, answer.body());
                if (opened.contains(scope.wire())) {
                  assertThat(answer.statusCode()).as(what).isNotIn(401, 403, 405);
                } else {
                  assertThat(answer.statusCode()).as(what).isEqualTo(403);
                  assertThat(answer.body())
                      .as(what)
                      .contains("\"code\":\"scope_missing\"", "permission_error");
                  assertThat(answer.headers().firstValue("x-should-retry")).contains("false");
                }
              }
            });
  }

  /** A route without a scope is served to nobody. */
  @Test
  void aRouteThatWasForgottenDoesNotExist() {
    for (String key : keys.values()) {
      HttpResponse<String> answer = api.get(FORGOTTEN, key);
      assertThat(answer.statusCode()).isEqualTo(404);
      assertThat(answer.body()).doesNotContain("served");
    }
  }

  @Test
  void noSpellingOfAPathGoesAround() {
    for (String path :
        List.of(
            "/v1/limits/",
            "/v1/limits;x=1",
            "/v1;x=1/limits",
            "/v1//limits",
            "//v1/limits",
            "/v1/%6cimits",
            "/%761/limits",
            "/v1/./limits",
            "/v1/models/../limits",
            "/V1/LIMITS")) {
      int status = api.get(path, key(Scope.INFERENCE)).statusCode();
      assertThat(status).as(path).isIn(400, 403, 404);
    }
  }

  @Test
  void anotherMethodOfARouteIsNotAllowed() {
    for (String method : List.of("PUT", "PATCH", "DELETE", "OPTIONS")) {
      assertThat(send(new Route(method, "/v1/models"), key(Scope.INFERENCE)).statusCode())
          .isEqualTo(405);
    }
    assertThat(send(new Route("HEAD", "/v1/limits"), key(Scope.INFERENCE)).statusCode())
        .isEqualTo(403);
  }

  @Test
  void filesAndBatchesAreForTheScopeBatch() {
    for (String path : List.of("/v1/files", "/v1/batches", "/v1/files/f", "/v1/batches/b")) {
      PathContainer parsed = PathContainer.parsePath(path);
      assertThat(RouteScopes.refusal(HttpMethod.GET, parsed, false, with(Scope.BATCH))).isNull();
      assertThat(
              RouteScopes.refusal(
                  HttpMethod.GET, parsed, false, with(Scope.INFERENCE, Scope.USAGE_READ)))
          .hasMessageContaining("batch");
    }
  }

  private static KeyCheck.Accepted with(Scope... scopes) {
    return new KeyCheck.Accepted(new Caller(9, 8, 7), Set.of(scopes), null);
  }

  @Test
  void theDescriptionTellsTheSame() {
    JsonNode paths =
        JsonMapper.shared()
            .readTree(api.send(HttpRequest.newBuilder(api.uri("/openapi.json"))).body())
            .path("paths");
    table()
        .forEach(
            (route, opened) -> {
              Set<String> told = new TreeSet<>();
              paths
                  .path(route.pattern)
                  .path(route.method.toLowerCase(Locale.ROOT))
                  .path("security")
                  .forEach(one -> told.add(one.path("key").path(0).asString()));
              assertThat(told).as(route.toString()).isEqualTo(opened);
            });
  }

  private String key(Scope scope) {
    return Objects.requireNonNull(keys.get(scope));
  }

  private HttpResponse<String> send(Route route, String key) {
    return api.send(
        HttpRequest.newBuilder(api.uri(route.path()))
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", "application/json")
            .method(
                route.method,
                route.method.equals("POST")
                    ? HttpRequest.BodyPublishers.ofString("{}")
                    : HttpRequest.BodyPublishers.noBody()));
  }

  private static Map<Route, Set<String>> table() {
    return TABLE
        .lines()
        .map(line -> line.split(" +", -1))
        .collect(
            Collectors.toMap(
                cells -> new Route(cells[0], cells[1]),
                cells -> new TreeSet<>(Arrays.asList(cells).subList(2, cells.length)),
                (one, other) -> one,
                () -> new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()))));
  }

  private Set<Route> mapped() {
    Set<Route> routes = new HashSet<>();
    api.bean(RequestMappingHandlerMapping.class)
        .getHandlerMethods()
        .keySet()
        .forEach(
            mapping ->
                mapping.getPatternsCondition().getPatterns().stream()
                    .map(pattern -> pattern.getPatternString())
                    .filter(ErrorResponses::isTenantApi)
                    .forEach(
                        path ->
                            mapping
                                .getMethodsCondition()
                                .getMethods()
                                .forEach(m -> routes.add(new Route(m.name(), path)))));
    return routes;
  }

  /** A route that somebody added without a scope. */
  @RestController
  static class Forgotten {
    @GetMapping(FORGOTTEN)
    String answer() {
      return "served";
    }
  }
}
