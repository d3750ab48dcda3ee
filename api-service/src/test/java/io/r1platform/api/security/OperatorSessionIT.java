package io.r1platform.api.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Browser;
import io.r1platform.api.RunningApi;
import io.r1platform.testing.TestDatabase;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OperatorSessionIT {
  private static final String SESSION = "/admin/api/session";
  private static final String GUARDED = "/admin/api/organizations";

  private final TestDatabase database = TestDatabase.create();
  private final JdbcClient superuser = JdbcClient.create(database.superuser());
  private RunningApi api;

  @BeforeAll
  void start() {
    api = RunningApi.start(database, Map.of());
  }

  @AfterAll
  void stop() {
    api.close();
  }

  @BeforeEach
  void forgetSessions() {
    superuser.sql("truncate api.person_session, api.login_attempt").update();
    superuser.sql("update api.person set enabled = true").update();
    api.clock().set(RunningApi.START);
  }

  @Test
  void anOperatorLogsInAndOut() {
    var browser = new Browser(api);
    assertThat(browser.session().get("authenticated").asBoolean()).isFalse();
    var login = browser.logIn(Browser.EMAIL.toUpperCase(Locale.ROOT), Browser.PASSWORD);
    assertThat(login.statusCode()).as(login.body()).isEqualTo(200);
    assertThat(Browser.json(login).at("/operator/email").asString()).isEqualTo(Browser.EMAIL);
    assertThat(Browser.json(login).at("/csrf/header").asString()).isEqualTo("X-CSRF-TOKEN");
    assertThat(browser.session().get("authenticated").asBoolean()).isTrue();
    assertThat(browser.get(GUARDED).statusCode()).isEqualTo(200);

    String cookie = browser.cookie().orElseThrow();
    assertThat(browser.delete(SESSION).statusCode()).isEqualTo(204);
    browser.setCookie(cookie);
    assertThat(browser.get(GUARDED).statusCode()).isEqualTo(401);
    assertThat(browser.session().get("authenticated").asBoolean()).isFalse();
  }

  @Test
  void theCookieIsHiddenFromScriptsAndForeignSites() {
    var answer = new Browser(api).get(SESSION);
    assertThat(answer.headers().firstValue("set-cookie").orElseThrow())
        .startsWith("r1-session=")
        .containsIgnoringCase("HttpOnly")
        .contains("SameSite=Lax", "Path=/")
        .doesNotContain("Secure", "Max-Age", "Domain");
    assertThat(answer.headers().firstValue("cache-control").orElseThrow()).contains("no-store");
  }

  @Test
  void beyondLoopbackTheCookieNeedsTls() {
    var exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/"));
    WebSessionConfiguration.cookie(false).setSessionId(exchange, "id");
    var cookie =
        Objects.requireNonNull(exchange.getResponse().getCookies().getFirst("__Host-r1-session"));
    assertThat(cookie.isSecure()).isTrue();
    assertThat(cookie.isHttpOnly()).isTrue();
    assertThat(cookie.getSameSite()).isEqualTo("Lax");
    assertThat(cookie.getPath()).isEqualTo("/");
    assertThat(cookie.getDomain()).isNull();
  }

  @Test
  void theSessionIdAndTheCsrfTokenChangeAtLogin() {
    var browser = new Browser(api);
    browser.session();
    String before = browser.cookie().orElseThrow();
    String csrfBefore = browser.csrf().orElseThrow();
    browser.logIn(Browser.EMAIL, Browser.PASSWORD);
    assertThat(browser.cookie().orElseThrow()).isNotEqualTo(before);
    assertThat(browser.csrf().orElseThrow()).isNotEqualTo(csrfBefore);

    var attacker = new Browser(api);
    attacker.setCookie(before);
    assertThat(attacker.get(GUARDED).statusCode()).isEqualTo(401);
    assertThat(attacker.session().get("authenticated").asBoolean()).isFalse();
  }

  @Test
  void aPlantedSessionIdIsNeverTakenOver() {
    String planted = "r1-session=" + "A".repeat(43);
    var browser = new Browser(api);
    browser.setCookie(planted);
    browser.session();
    assertThat(browser.cookie().orElseThrow()).isNotEqualTo(planted);
    browser.setCookie("r1-session=' or 1=1 --");
    assertThat(browser.get(GUARDED).statusCode()).isEqualTo(401);
  }

  @Test
  void onlyTheHashOfAnIdIsStored() {
    var browser = Browser.loggedIn(api);
    String id = browser.cookie().orElseThrow().substring("r1-session=".length());
    assertThat(Base64.getUrlDecoder().decode(id)).hasSize(32);
    List<String> rows =
        superuser.sql("select s::text from api.person_session s").query(String.class).list();
    assertThat(rows).hasSize(1).noneMatch(row -> row.contains(id));
  }

  @Test
  void aSessionDiesAfterThirtyIdleMinutes() {
    var browser = Browser.loggedIn(api);
    for (int i = 0; i < 3; i++) {
      api.clock().advance(Duration.ofMinutes(29));
      assertThat(browser.get(GUARDED).statusCode()).isEqualTo(200);
    }
    api.clock().advance(Duration.ofMinutes(30));
    assertThat(browser.get(GUARDED).statusCode()).isEqualTo(401);
  }

  @Test
  void aSessionDiesAfterTwelveHoursHoweverBusy() {
    var browser = Browser.loggedIn(api);
    for (int i = 0; i < 28; i++) {
      api.clock().advance(Duration.ofMinutes(25));
      assertThat(browser.get(GUARDED).statusCode()).as("after %s × 25 min", i + 1).isEqualTo(200);
    }
    api.clock().set(RunningApi.START.plus(Duration.ofHours(12)));
    assertThat(browser.get(GUARDED).statusCode()).isEqualTo(401);
  }

  @Test
  void sessionsHoldOnEveryReplicaAndAfterARestart() {
    var browser = Browser.loggedIn(api);
    try (RunningApi other = RunningApi.start(database, Map.of("r1.api.metering.replica-id", "2"))) {
      browser.goesTo(other);
      assertThat(browser.get(GUARDED).statusCode()).isEqualTo(200);
      assertThat(browser.post(GUARDED, "{\"name\":\"From the other\"}").statusCode())
          .isEqualTo(201);
      browser.goesTo(api);
      assertThat(browser.delete(SESSION).statusCode()).isEqualTo(204);
      String cookie = browser.cookie().orElseThrow();
      browser.goesTo(other).setCookie(cookie);
      assertThat(browser.get(GUARDED).statusCode()).isEqualTo(401);
    }
  }

  @Test
  void aNewPasswordEndsTheOperatorsSessions() {
    var browser = Browser.loggedIn(api);
    var changed =
        Map.of(
            "r1.api.metering.replica-id",
            "3",
            "r1.api.operator.password-file",
            RunningApi.file("another password\n").toString());
    try (RunningApi restarted = RunningApi.start(database, changed)) {
      assertThat(browser.get(GUARDED).statusCode()).isEqualTo(401);
      assertThat(new Browser(restarted).logIn(Browser.EMAIL, Browser.PASSWORD).statusCode())
          .isEqualTo(401);
      assertThat(new Browser(restarted).logIn(Browser.EMAIL, "another password").statusCode())
          .isEqualTo(200);
    } finally {
      RunningApi.start(database, Map.of("r1.api.metering.replica-id", "4")).close();
    }
  }

  @Test
  void aWriteWithoutTheCsrfTokenDoesNothing() {
    var browser = Browser.loggedIn(api);
    String good = browser.csrf().orElseThrow();
    for (String token : new String[] {"", "A".repeat(43), good.toLowerCase(Locale.ROOT)}) {
      browser.setCsrf(token.isEmpty() ? null : token);
      var answer = browser.post(GUARDED, "{\"name\":\"Forged\"}");
      assertThat(answer.statusCode()).isEqualTo(403);
      assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
      assertThat(browser.delete(SESSION).statusCode()).isEqualTo(403);
    }
    browser.setCsrf(Browser.loggedIn(api).csrf().orElseThrow());
    assertThat(browser.post(GUARDED, "{\"name\":\"Forged\"}").statusCode()).isEqualTo(403);
    browser.setCsrf(good);
    assertThat(browser.get(GUARDED).body()).doesNotContain("Forged");
    assertThat(new Browser(api).post(SESSION, "{}").statusCode()).isEqualTo(403);
  }

  @Test
  void aWriteFromAForeignPageDoesNothing() {
    var browser = Browser.loggedIn(api);
    String own = api.uri("").toString();
    for (String origin :
        List.of("https://evil.example", "null", own + "0", own.replace("http:", "https:"))) {
      assertThat(browser.post(GUARDED, "{\"name\":\"Forged\"}", "Origin", origin).statusCode())
          .as(origin)
          .isEqualTo(403);
    }
    assertThat(
            browser
                .post(GUARDED, "{\"name\":\"Forged\"}", "Sec-Fetch-Site", "cross-site")
                .statusCode())
        .isEqualTo(403);
    assertThat(browser.post(GUARDED, "{\"name\":\"Own page\"}", "Origin", own).statusCode())
        .isEqualTo(201);
    assertThat(browser.get(GUARDED).body()).doesNotContain("Forged");
  }

  @Test
  void aWrongPasswordAndAnUnknownAddressLookAlike() {
    var wrong = new Browser(api).logIn(Browser.EMAIL, "wrong");
    var unknown = new Browser(api).logIn("nobody@localhost", Browser.PASSWORD);
    var endless = new Browser(api).logIn(Browser.EMAIL, "x".repeat(10_000));
    superuser.sql("update api.person set enabled = false").update();
    var disabled = new Browser(api).logIn(Browser.EMAIL, Browser.PASSWORD);
    for (HttpResponse<String> answer : List.of(wrong, unknown, endless, disabled)) {
      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(Browser.json(answer).get("code").asString()).isEqualTo("invalid_credentials");
      assertThat(Browser.json(answer).get("detail")).isEqualTo(Browser.json(wrong).get("detail"));
    }
  }

  @Test
  void guessingEndsAfterFiveAttempts() {
    for (int i = 0; i < 5; i++) {
      assertThat(new Browser(api).logIn(Browser.EMAIL, "guess " + i).statusCode()).isEqualTo(401);
    }
    var sixth = new Browser(api).logIn(Browser.EMAIL, Browser.PASSWORD);
    assertThat(sixth.statusCode()).isEqualTo(429);
    assertThat(Browser.json(sixth).get("code").asString()).isEqualTo("too_many_attempts");
    assertThat(sixth.headers().firstValue("retry-after")).contains("900");
    api.clock().advance(Duration.ofMinutes(16));
    assertThat(new Browser(api).logIn(Browser.EMAIL, Browser.PASSWORD).statusCode()).isEqualTo(200);
  }

  @Test
  void guessingInParallelGainsNothing() {
    List<Browser> browsers = IntStream.range(0, 20).mapToObj(i -> new Browser(api)).toList();
    browsers.forEach(Browser::session);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<Integer>> guesses =
          browsers.stream()
              .map(
                  browser ->
                      CompletableFuture.supplyAsync(
                          () -> browser.logIn(Browser.EMAIL, "guess").statusCode(), threads))
              .toList();
      assertThat(guesses.stream().map(CompletableFuture::join).filter(status -> status == 401))
          .hasSize(5);
    }
  }

  @Test
  void oneAddressMayNotTryManyOperators() {
    int refused = 0;
    for (int i = 0; i < 25; i++) {
      int status = new Browser(api).logIn("operator%d@localhost".formatted(i), "x").statusCode();
      refused += status == 429 ? 1 : 0;
    }
    assertThat(refused).isEqualTo(5);
  }

  @Test
  void aGoodLoginForgetsTheAttemptsBefore() {
    for (int i = 0; i < 4; i++) {
      new Browser(api).logIn(Browser.EMAIL, "guess");
    }
    Browser.loggedIn(api);
    for (int i = 0; i < 4; i++) {
      assertThat(new Browser(api).logIn(Browser.EMAIL, "guess").statusCode()).isEqualTo(401);
    }
    Browser.loggedIn(api);
  }

  @Test
  void whoeverOnlyLooksLeavesNoRow() {
    var browser = new Browser(api);
    assertThat(browser.get(GUARDED).statusCode()).isEqualTo(401);
    assertThat(browser.cookie()).isEmpty();
    assertThat(superuser.sql("select count(*) from api.person_session").query(int.class).single())
        .isZero();
  }

  @Test
  void anIncompleteLoginIsTheCallersMistake() {
    var browser = new Browser(api);
    browser.session();
    assertThat(browser.post(SESSION, "{\"email\":\"a@b\"}").statusCode()).isEqualTo(400);
    assertThat(browser.post(SESSION, "nonsense").statusCode()).isEqualTo(400);
  }

  @Test
  void loginsAreInTheAuditTrail() {
    long before =
        superuser
            .sql("select coalesce(max(id), 0) from api.audit_event")
            .query(Long.class)
            .single();
    Browser.loggedIn(api);
    assertThat(
            superuser
                .sql(
                    """
                    select actor || ' ' || action || ' ' || address
                    from api.audit_event where id > ?""")
                .param(before)
                .query(String.class)
                .list())
        .containsExactly("operator@localhost operator.logged_in 127.0.0.1");
  }
}
