package io.r1platform.api.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Browser;
import io.r1platform.api.RunningApi;
import io.r1platform.testing.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdminRoutesIT {
  private static final String UNLISTED = "/admin/api/test-probe";

  private final TestDatabase database = TestDatabase.create();
  private RunningApi api;

  @BeforeAll
  void start() {
    api = RunningApi.start(database, Map.of(), Probe.class);
  }

  @AfterAll
  void stop() {
    api.close();
  }

  @Test
  void everyAdminRouteRefusesAStranger() {
    assertThat(routes()).hasSizeGreaterThan(5);
    for (Route route : routes()) {
      var stranger = new Browser(api);
      stranger.session();
      assertThat(call(stranger, route)).as("%s with a CSRF token", route).isEqualTo(401);
      int without =
          api.send(
                  HttpRequest.newBuilder(api.uri(route.path()))
                      .method(route.method(), HttpRequest.BodyPublishers.ofString("{}"))
                      .header("Content-Type", "application/json"))
              .statusCode();
      assertThat(without).as("%s without anything", route).isIn(401, 403);
    }
  }

  @Test
  void everyAdminRouteAsksWhatItsCallerMayDo() {
    var browser = Browser.loggedIn(api);
    JdbcClient superuser = JdbcClient.create(database.superuser());
    superuser.sql("update api.person set enabled = false").update();
    for (Route route : routes()) {
      assertThat(call(browser, route)).as("%s by a disabled operator", route).isEqualTo(403);
    }
    superuser.sql("update api.person set enabled = true").update();
  }

  @Test
  void aRouteThatIsNotInTheTableDoesNotExist() {
    var browser = Browser.loggedIn(api);
    assertThat(browser.get(UNLISTED).statusCode()).isEqualTo(404);
    assertThat(browser.get(UNLISTED).body()).doesNotContain("reached");
  }

  @Test
  void aTenantsKeyOpensNoAdminRoute() {
    for (Route route : routes()) {
      assertThat(api.get(route.path(), "sk-r1-anything").statusCode()).isIn(401, 403, 405);
    }
  }

  @Test
  void whatNobodyAllowedDoesNotExist() {
    for (String path :
        List.of(
            "/nowhere",
            "/actuator/health",
            "/actuator/env",
            "/%761/models",
            "//v1/models",
            "/internal/v1/prices",
            "/admin;x=1/api/organizations",
            "/error")) {
      int status = api.send(HttpRequest.newBuilder(api.uri(path))).statusCode();
      assertThat(status).as(path).isIn(400, 401, 404);
    }
    assertThat(api.send(HttpRequest.newBuilder(api.uri("/admin/api/nowhere"))).statusCode())
        .isEqualTo(401);
    assertThat(Browser.loggedIn(api).get("/admin/api/nowhere").statusCode()).isEqualTo(404);
  }

  @Test
  void probesAreOpen() {
    for (String path : List.of("/livez", "/readyz")) {
      assertThat(api.send(HttpRequest.newBuilder(api.uri(path))).statusCode())
          .as(path)
          .isNotIn(401, 403, 404);
    }
  }

  @Test
  void theManagementPortAnswersProbesAndNothingOfOurs() {
    for (String path : List.of("/actuator/health", "/actuator/prometheus")) {
      assertThat(management(path)).as(path).isNotIn(401, 403, 404);
    }
    for (String path : List.of("/v1/models", "/admin/api/organizations", "/actuator/env")) {
      assertThat(management(path)).as(path).isIn(401, 404);
    }
  }

  private int management(String path) {
    String port = api.bean(Environment.class).getRequiredProperty("local.management.port");
    return api.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)))
        .statusCode();
  }

  @Test
  void aConnectionIsStillReadAfterAQueuedRequestWasAnsweredAtOnce() throws IOException {
    String quick = request("/nowhere");
    String slow = request("/admin/api/organizations", "Cookie: r1-session=" + "A".repeat(43));
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), api.uri("/").getPort())) {
      socket.setSoTimeout(10_000);
      for (int round = 0; round < 20; round++) {
        send(socket, slow + quick);
        assertThat(status(socket)).isEqualTo("HTTP/1.1 401 Unauthorized");
        assertThat(status(socket)).isEqualTo("HTTP/1.1 404 Not Found");
        send(socket, quick);
        assertThat(status(socket)).isEqualTo("HTTP/1.1 404 Not Found");
      }
    }
  }

  private static String request(String path, String... headers) {
    String lines = Stream.of(headers).map(header -> header + "\r\n").collect(Collectors.joining());
    return "GET " + path + " HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n";
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Reads one whole answer and returns its first line. */
  private static String status(Socket socket) throws IOException {
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = socket.getInputStream().read();
      assertThat(next).as("end of connection after " + head).isNotNegative();
      head.append((char) next);
    }
    String length = head.toString().replaceAll("(?is).*content-length: (\\d+).*", "$1");
    socket.getInputStream().readNBytes(Integer.parseInt(length));
    return head.substring(0, head.indexOf("\r"));
  }

  @Test
  void blockingControllersRunOnVirtualThreads() {
    assertThat(Browser.loggedIn(api).post("/webhooks/payments/test-probe", "{}").body())
        .isEqualTo("virtual");
  }

  private static int call(Browser browser, Route route) {
    return switch (route.method()) {
      case "GET" -> browser.get(route.path()).statusCode();
      case "POST" -> browser.post(route.path(), "{}").statusCode();
      case "PATCH" -> browser.patch(route.path(), "{}").statusCode();
      case "PUT" -> browser.put(route.path(), "{}").statusCode();
      case "DELETE" -> browser.delete(route.path()).statusCode();
      default -> throw new IllegalStateException("teach this test " + route);
    };
  }

  /** Every mapped admin route but those that must be open: the session itself. */
  private List<Route> routes() {
    return api.bean(RequestMappingHandlerMapping.class).getHandlerMethods().keySet().stream()
        .flatMap(
            info ->
                info.getPatternsCondition().getPatterns().stream()
                    .map(pattern -> pattern.getPatternString().replaceAll("\\{[^}]*}", "7"))
                    .filter(path -> path.startsWith("/admin"))
                    .flatMap(path -> methods(info.getMethodsCondition().getMethods(), path)))
        .filter(route -> !Set.of(UNLISTED, "/admin/api/session").contains(route.path()))
        .toList();
  }

  private static Stream<Route> methods(Set<RequestMethod> methods, String path) {
    return methods.isEmpty()
        ? Stream.of(new Route("GET", path), new Route("POST", path))
        : methods.stream().map(method -> new Route(method.name(), path));
  }

  private record Route(String method, String path) {}

  @Configuration(proxyBeanMethods = false)
  @RestController
  static class Probe {
    @GetMapping(UNLISTED)
    String unlisted() {
      return "reached";
    }

    @PostMapping("/webhooks/payments/test-probe")
    String thread() {
      return Thread.currentThread().isVirtual() ? "virtual" : "not virtual";
    }
  }
}
