package io.r1platform.api.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Await;
import io.r1platform.api.Browser;
import io.r1platform.api.RunningApi;
import io.r1platform.api.keys.KeyTerms;
import io.r1platform.api.keys.Keys;
import io.r1platform.api.keys.Network;
import io.r1platform.api.keys.Rights;
import io.r1platform.api.tenants.Tenants;
import io.r1platform.testing.TestDatabase;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The console as docker-compose.yml has it: a proxy ends TLS and names its clients. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BehindProxyIT {
  private static final String ORIGIN = "https://r1.example";

  private final TestDatabase database = TestDatabase.create();
  private RunningApi api;

  @BeforeAll
  void start() {
    api =
        RunningApi.start(
            database,
            Map.of(
                "r1.api.security.origins", ORIGIN,
                "r1.api.security.trusted-proxies", "127.0.0.1",
                "spring.main.cloud-platform", "kubernetes"));
  }

  @AfterAll
  void stop() {
    api.close();
  }

  @Test
  void theConsoleCanWriteAndTheAuditTrailNamesTheClient() {
    var browser = new Browser(api);
    assertThat(logIn(browser, Browser.EMAIL, Browser.PASSWORD, "203.0.113.9")).isEqualTo(200);
    browser.session();
    var made =
        browser.post(
            "/admin/api/organizations",
            "{\"name\":\"Acme\"}",
            "Origin",
            ORIGIN,
            "Forwarded",
            "for=192.0.2.77",
            "X-Forwarded-For",
            "203.0.113.9");
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    assertThat(
            JdbcClient.create(database.superuser())
                .sql("select address from api.audit_event order by id desc limit 1")
                .query(String.class)
                .single())
        .isEqualTo("203.0.113.9");
  }

  @Test
  void aListOfNetworksIsNotPassedByAClientThatTheProxyDoesNotName() {
    Tenants tenants = api.bean(Tenants.class);
    long project = tenants.createProject(tenants.createOrganization("Nets").id(), "Chat").id();
    var here = new Rights(Rights.USUAL.scopes(), null, List.of(Network.parse("127.0.0.1")));
    String key = api.bean(Keys.class).issue(project, new KeyTerms("nets", null, here)).secret();
    Await.until("keys are checked", () -> api.get("/v1/models", key).statusCode() != 503);
    HttpResponse<String> refused = api.get("/v1/models", key);
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(403);
    assertThat(refused.body()).contains("ip_not_allowed");
  }

  @Test
  void guessesOfOneClientDoNotLockOutTheOthers() {
    long refused =
        IntStream.range(0, 25)
            .map(i -> guess("someone%d@localhost".formatted(i), "198.51.100.7"))
            .filter(status -> status == 429)
            .count();
    assertThat(refused).isEqualTo(5);
    assertThat(guess("another@localhost", "198.51.100.8")).isEqualTo(401);
  }

  private int guess(String email, String address) {
    return logIn(new Browser(api), email, "x", address);
  }

  private static int logIn(Browser browser, String email, String password, String address) {
    browser.session();
    return browser
        .post(
            "/admin/api/session",
            "{\"email\":\"%s\",\"password\":\"%s\"}".formatted(email, password),
            "Origin",
            ORIGIN,
            "X-Forwarded-For",
            "192.0.2.1, " + address)
        .statusCode();
  }
}
