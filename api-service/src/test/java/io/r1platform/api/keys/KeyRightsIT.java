package io.r1platform.api.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r1platform.api.RunningApi;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.tenants.ProjectView;
import io.r1platform.api.tenants.Tenants;
import io.r1platform.testing.TestDatabase;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/** What a key opens, from where, and until when; on two replicas, the second behind a proxy. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeyRightsIT {
  private static final String MODELS = "/v1/models";
  private static final String EXPIRES = "x-r1-key-expires";
  private static final String CHAT =
      "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

  private final TestDatabase database = TestDatabase.create();
  private RunningApi direct;
  private RunningApi proxied;
  private Keys keys;
  private long organizationId;
  private long projectId;

  @BeforeAll
  void startTwoReplicas() {
    direct = RunningApi.start(database, Map.of("r1.api.metering.replica-id", "1"));
    proxied =
        RunningApi.start(
            database,
            Map.of(
                "r1.api.metering.replica-id",
                "2",
                "r1.api.security.trusted-proxies",
                "127.0.0.1,10.0.0.0/8"));
    keys = direct.bean(Keys.class);
    Tenants tenants = direct.bean(Tenants.class);
    organizationId = tenants.createOrganization("Acme").id();
    projectId = tenants.createProject(organizationId, "Chat").id();
    String key = keys.issue(projectId, "first", null).secret();
    within(Duration.ofSeconds(10), () -> status(direct, key) == 200 && status(proxied, key) == 200);
  }

  @AfterAll
  void stop() {
    direct.close();
    proxied.close();
  }

  @Test
  void aKeyOfBeforeGoesOnToOpenEverything() {
    String key = keys.issue(projectId, "as before", null).secret();
    direct
        .bean(JdbcClient.class)
        .sql(
            """
            insert into api_key (project_id, name, public_id, secret_sha256, last_four,
              created_at)
            select project_id, 'older', 'OLDER001', secret_sha256, last_four, created_at
            from api_key where public_id = ?\
            """)
        .param(key.substring(6, 14))
        .update();
    KeyView older = keys.page(new KeyOwners(Set.of(), Set.of(projectId)), null, true, 1).getFirst();
    assertThat(older.name()).isEqualTo("older");
    assertThat(older.rights()).isEqualTo(Rights.USUAL);
    assertThat(older.old()).isNull();
  }

  @Test
  void aForeignAddressIsRefused() {
    String here = issue(networks("127.0.0.0/8"));
    String elsewhere = issue(networks("203.0.113.0/24", "2001:db8::/32"));
    assertThat(status(direct, here)).isEqualTo(200);
    HttpResponse<String> refused = direct.get(MODELS, elsewhere);
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains("\"code\":\"ip_not_allowed\"", "permission_error");
    assertThat(refused.headers().firstValue("x-should-retry")).contains("false");
    assertThat(refused.body()).doesNotContain("203.0.113");
  }

  @Test
  void aForgedAddressHelpsNobody() {
    String key = issue(networks("203.0.113.0/24"));
    for (String header : List.of("X-Forwarded-For", "Forwarded", "X-Real-IP", "True-Client-IP")) {
      assertThat(from(direct, key, header, "203.0.113.9")).as(header).isEqualTo(403);
    }
    assertThat(from(direct, key, "Forwarded", "for=203.0.113.9")).isEqualTo(403);
    for (String forged :
        List.of(
            "198.51.100.1",
            "203.0.113.9, 198.51.100.1",
            "203.0.113.9, 198.51.100.1, 10.0.0.3",
            "203.0.113.9, nobody",
            "")) {
      assertThat(from(proxied, key, "X-Forwarded-For", forged)).as(forged).isEqualTo(403);
    }
    assertThat(from(proxied, key, "Forwarded", "for=203.0.113.9")).isEqualTo(403);
    assertThat(status(proxied, key)).as("the proxy itself").isEqualTo(403);
  }

  @Test
  void theAddressThatTheProxyHeardCounts() {
    String key = issue(networks("203.0.113.0/24", "2001:db8::/32"));
    for (String client :
        List.of(
            "203.0.113.9",
            "198.51.100.1, 203.0.113.9",
            "203.0.113.9, 10.0.0.3",
            "2001:db8::7",
            "::ffff:203.0.113.9")) {
      assertThat(from(proxied, key, "X-Forwarded-For", client)).as(client).isEqualTo(200);
    }
    for (String client : List.of("2001:db9::7", "::ffff:198.51.100.1")) {
      assertThat(from(proxied, key, "X-Forwarded-For", client)).as(client).isEqualTo(403);
    }
  }

  @Test
  void aForeignModelLooksLikeNone() {
    String key = issue(models("deepseek-r1"));
    assertThat(direct.get(MODELS, key).body()).contains("\"data\":[]");
    for (String path : List.of("/v1/chat/completions", "/v1/tokenize", "/v1/quotes")) {
      String wrapped = path.equals("/v1/quotes") ? "{\"request\":" + CHAT + "}" : CHAT;
      for (String name : List.of("r1-nano", "deepseek-reasoner")) {
        HttpResponse<String> foreign = post(path, key, wrapped.formatted(name));
        assertThat(foreign.statusCode()).as(path).isEqualTo(404);
        assertThat(foreign.body()).contains("\"code\":\"model_not_found\"");
        assertThat(message(foreign).replace(name, "gpt-5"))
            .isEqualTo(message(post(path, key, wrapped.formatted("gpt-5"))));
      }
    }
    assertThat(message(direct.get("/v1/models/r1-nano", key)))
        .isEqualTo(message(direct.get("/v1/models/gpt-5", key)));
    String allowed = issue(models("r1-nano"));
    assertThat(direct.get("/v1/models/deepseek-reasoner", allowed).statusCode()).isEqualTo(200);
    assertThat(post("/v1/chat/completions", allowed, CHAT.formatted("r1-nano")).statusCode())
        .as("let in; there is no engine")
        .isEqualTo(503);
  }

  @Test
  void aProjectsModelsBoundThoseOfItsKeys() {
    Tenants tenants = direct.bean(Tenants.class);
    ProjectView project = tenants.createProject(organizationId, "Bound");
    String open = keys.issue(project.id(), "open", null).secret();
    String narrow =
        keys.issue(project.id(), new KeyTerms("narrow", null, models("r1-nano"))).secret();
    for (String key : List.of(open, narrow)) {
      assertThat(proxied.get(MODELS, key).body()).contains("r1-nano");
    }
    tenants.limitModels(project.id(), project.version(), Set.of("deepseek-r1"));
    for (String key : List.of(open, narrow)) {
      within(Duration.ofSeconds(1), () -> proxied.get(MODELS, key).body().contains("\"data\":[]"));
    }
  }

  @Test
  void bothSecretsOpenARotatedKeyUntilTheGraceIsOver() {
    IssuedKey before = keys.issue(projectId, "rotated", null);
    assertThat(direct.get(MODELS, before.secret()).headers().firstValue(EXPIRES)).isEmpty();
    IssuedKey after = rotate(before, Duration.ofSeconds(60));
    assertThat(after.key().id()).isEqualTo(before.key().id());
    assertThat(after.secret().substring(0, 14)).isEqualTo(before.secret().substring(0, 14));
    assertThat(after.secret()).isNotEqualTo(before.secret());
    Instant end = RunningApi.START.plusSeconds(60);
    within(Duration.ofSeconds(1), () -> status(direct, after.secret()) == 200);
    assertThat(direct.get(MODELS, before.secret()).headers().firstValue(EXPIRES))
        .contains(end.toString());
    assertThat(direct.get(MODELS, after.secret()).headers().firstValue(EXPIRES)).isEmpty();
    direct.clock().set(end.minusMillis(1));
    assertThat(status(direct, before.secret())).isEqualTo(200);
    direct.clock().set(end);
    HttpResponse<String> late = direct.get(MODELS, before.secret());
    int current = status(direct, after.secret());
    direct.clock().set(RunningApi.START);
    assertThat(late.statusCode()).isEqualTo(401);
    assertThat(late.body()).contains("\"code\":\"key_expired\"");
    assertThat(current).isEqualTo(200);
  }

  @Test
  void revocationEndsBothSecrets() {
    IssuedKey before = keys.issue(projectId, "leaked", null);
    IssuedKey after = rotate(before, Duration.ofDays(1));
    List<String> secrets = List.of(before.secret(), after.secret());
    within(
        Duration.ofSeconds(1), () -> secrets.stream().allMatch(key -> status(proxied, key) == 200));
    keys.revoke(after.key().id(), after.key().version());
    within(
        Duration.ofSeconds(1),
        () ->
            secrets.stream()
                .allMatch(key -> proxied.get(MODELS, key).body().contains("key_revoked")));
  }

  @Test
  void aSecondRotationEndsTheOldestSecretAtOnce() {
    IssuedKey first = keys.issue(projectId, "twice", null);
    IssuedKey second = rotate(first, Duration.ofDays(30));
    IssuedKey third = rotate(second, Duration.ZERO);
    within(Duration.ofSeconds(1), () -> status(proxied, first.secret()) == 401);
    assertThat(proxied.get(MODELS, second.secret()).body()).contains("key_expired");
    assertThat(status(proxied, third.secret())).isEqualTo(200);
    assertThat(keys.key(first.key().id()).lastFour()).isEqualTo(third.key().lastFour());
  }

  @Test
  void aRotatedKeyStillExpires() {
    IssuedKey before = keys.issue(projectId, "short", Duration.ofSeconds(60));
    IssuedKey after = rotate(before, Duration.ofDays(1));
    String end = RunningApi.START.plusSeconds(60).toString();
    within(Duration.ofSeconds(1), () -> status(direct, after.secret()) == 200);
    for (String secret : List.of(before.secret(), after.secret())) {
      HttpResponse<String> missing = direct.get("/v1/nowhere", secret);
      assertThat(missing.statusCode()).isEqualTo(404);
      assertThat(missing.headers().firstValue(EXPIRES)).as("on errors too").contains(end);
      direct.clock().set(RunningApi.START.plusSeconds(60));
      int late = status(direct, secret);
      direct.clock().set(RunningApi.START);
      assertThat(late).isEqualTo(401);
    }
  }

  @Test
  void whatIsOverIsNotRotatedAndAGraceHasAnEnd() {
    IssuedKey issued = keys.issue(projectId, "over", Duration.ofDays(1));
    for (Duration grace : List.of(Duration.ofSeconds(-1), Duration.ofDays(30).plusSeconds(1))) {
      assertCode("invalid_value", () -> rotate(issued, grace));
    }
    KeyView revoked = keys.revoke(issued.key().id(), issued.key().version());
    assertCode("invalid_state", () -> keys.rotate(revoked.id(), revoked.version(), Duration.ZERO));
    assertCode(
        "invalid_state",
        () -> keys.change(revoked.id(), revoked.version(), new KeyTerms("x", null, Rights.USUAL)));
    assertCode(
        "stale_version",
        () -> keys.change(revoked.id(), 99, new KeyTerms("x", null, Rights.USUAL)));
  }

  @Test
  void aChangeOfAKeyInMemoryHoldsEverywhereWithinASecond() {
    Stream<Rights> narrower =
        Stream.of(
            new Rights(Set.of(Scope.USAGE_READ), null, List.of()),
            networks("203.0.113.0/24"),
            models("deepseek-r1"));
    narrower.forEach(
        rights -> {
          IssuedKey issued = keys.issue(projectId, "wide", null);
          long id = issued.key().id();
          String one = "/v1/models/r1-nano";
          for (RunningApi api : List.of(direct, proxied)) {
            assertThat(api.get(one, issued.secret()).statusCode()).isEqualTo(200);
          }
          KeyView changed =
              keys.change(id, issued.key().version(), new KeyTerms("narrow", null, rights));
          for (RunningApi api : List.of(direct, proxied)) {
            within(Duration.ofSeconds(1), () -> api.get(one, issued.secret()).statusCode() != 200);
          }
          keys.change(id, changed.version(), new KeyTerms("wide", null, Rights.USUAL));
          for (RunningApi api : List.of(direct, proxied)) {
            within(Duration.ofSeconds(1), () -> api.get(one, issued.secret()).statusCode() == 200);
          }
        });
  }

  @Test
  void aNewExpiryHoldsEverywhereWithinASecond() {
    IssuedKey issued = keys.issue(projectId, "endless", null);
    assertThat(status(proxied, issued.secret())).isEqualTo(200);
    Instant end = RunningApi.START.plusSeconds(5);
    keys.change(issued.key().id(), issued.key().version(), new KeyTerms("ends", end, Rights.USUAL));
    within(
        Duration.ofSeconds(1),
        () ->
            proxied
                .get(MODELS, issued.secret())
                .headers()
                .firstValue(EXPIRES)
                .equals(java.util.Optional.of(end.toString())));
  }

  private IssuedKey rotate(IssuedKey issued, Duration grace) {
    return keys.rotate(issued.key().id(), issued.key().version(), grace);
  }

  private String issue(Rights rights) {
    return keys.issue(projectId, new KeyTerms("test", null, rights)).secret();
  }

  private static Rights networks(String... networks) {
    return new Rights(
        Rights.USUAL.scopes(), null, Stream.of(networks).map(Network::parse).toList());
  }

  private static Rights models(String... models) {
    return new Rights(Rights.USUAL.scopes(), Set.of(models), List.of());
  }

  private static int status(RunningApi api, String key) {
    return api.get(MODELS, key).statusCode();
  }

  private static int from(RunningApi api, String key, String header, String value) {
    return api.send(
            HttpRequest.newBuilder(api.uri(MODELS))
                .header("Authorization", "Bearer " + key)
                .header(header, value))
        .statusCode();
  }

  private HttpResponse<String> post(String path, String key, String body) {
    return direct.send(
        HttpRequest.newBuilder(direct.uri(path))
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private static String message(HttpResponse<String> answer) {
    return JsonMapper.shared().readTree(answer.body()).at("/error/message").asString();
  }

  private static void assertCode(
      String code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code().wire()).isEqualTo(code));
  }

  private static void within(Duration limit, BooleanSupplier condition) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("not within %s", limit).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
