package io.r1platform.billing.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.billing.BillingFixture;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

class InternalAuthenticationIT {
  private static final String NOBODY = "B".repeat(42) + "A";
  private static BillingFixture billing;

  @BeforeAll
  static void start() {
    billing = new BillingFixture();
  }

  @AfterAll
  static void stop() {
    billing.close();
  }

  @Test
  void everyRouteDeniesByDefault() {
    Set<String> routes = routes();
    assertThat(routes).hasSizeGreaterThanOrEqualTo(11);
    for (String route : routes) {
      String path = route.replaceAll("\\{[^}]*}", "x");
      boolean engines = path.startsWith("/internal/v1/engine-");
      String wrong = engines ? BillingFixture.GATEWAY : BillingFixture.ENGINE;
      for (String token : List.of("", NOBODY, wrong)) {
        for (String method : List.of("GET", "POST")) {
          var request =
              billing.request(path, token).method(method, HttpRequest.BodyPublishers.noBody());
          assertThat(billing.send(request).status()).as(method + " " + path).isEqualTo(401);
        }
      }
    }
  }

  @Test
  void unknownPathIsDeniedBeforeItIsUnknown() {
    var path = "/internal/v1/nothing";
    assertThat(billing.send(billing.request(path, NOBODY).GET()).status()).isEqualTo(401);
    assertThat(billing.get(path).status()).isEqualTo(404);
    assertThat(billing.get(path).text("code")).isEqualTo("not_found");
  }

  @Test
  void encodedPathNeedsTheSameToken() {
    var request =
        billing
            .request("/internal/v1/%65ngine-batches", BillingFixture.GATEWAY)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{}"));
    assertThat(billing.send(request).status()).isEqualTo(401);
  }

  @Test
  void healthIsOpen() {
    for (String path : List.of("/livez", "/readyz")) {
      assertThat(billing.send(billing.request(path, NOBODY).GET()).status()).isEqualTo(200);
    }
  }

  @Test
  void metricsAreOnTheManagementPort() {
    billing.get("/internal/v1/nothing");
    var request = HttpRequest.newBuilder(billing.management("/actuator/prometheus"));
    assertThat(billing.send(request).body()).contains("r1_billing_errors_total");
  }

  @Test
  void unreadableParametersAreTheCallersFault() {
    var answer =
        billing.get(
            "/internal/v1/reports/overview?from=2026-01-01&to=2026-01-02&organization_id=x");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("code")).isEqualTo("invalid_request");
    var body = billing.postJson("/internal/v1/epochs/close", BillingFixture.GATEWAY, "{");
    assertThat(body.text("code")).isEqualTo("invalid_request");
  }

  @Test
  void changedTokenFileIsReadWithinASecond() throws IOException {
    var file = billing.tokenFile("gateway");
    Files.writeString(file, NOBODY + "\n" + BillingFixture.GATEWAY + "\n");
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(5)));
    billing.clock().advance(Duration.ofMillis(1_001));
    for (String token : List.of(NOBODY, BillingFixture.GATEWAY)) {
      var request = billing.request("/internal/v1/prices", token).GET();
      assertThat(billing.send(request).status()).isEqualTo(200);
    }
    Files.writeString(file, BillingFixture.GATEWAY + "\n");
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(10)));
    billing.clock().advance(Duration.ofMillis(1_001));
    var request = billing.request("/internal/v1/prices", NOBODY).GET();
    assertThat(billing.send(request).status()).isEqualTo(401);
  }

  private static Set<String> routes() {
    var routes = new TreeSet<String>();
    billing
        .bean(RequestMappingHandlerMapping.class)
        .getHandlerMethods()
        .keySet()
        .forEach(mapping -> routes.addAll(mapping.getPatternValues()));
    routes.remove("/error");
    return routes;
  }
}
