package io.r1platform.api.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.r1platform.api.Browser;
import io.r1platform.api.RunningApi;
import io.r1platform.testing.TestDatabase;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.token.DefaultOAuth2TokenCallback;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Logins and machines' tokens of an identity provider that listens on a port of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OidcIT {
  private static final String ISSUER = "site";
  private static final String LOGIN = "/admin/login/oidc";
  private static final String CONSOLE = "r1-console";
  private static final String AUDIENCE = "r1-admin-api";

  private final TestDatabase database = TestDatabase.create();
  private final MockOAuth2Server provider = new MockOAuth2Server();
  private final JdbcClient superuser = JdbcClient.create(database.superuser());
  private RunningApi api;

  @BeforeAll
  void start() {
    provider.start();
    api = RunningApi.start(database, settings());
    var operator = Browser.loggedIn(api);
    for (String name : List.of("Ours", "Theirs")) {
      assertThat(operator.post("/admin/api/organizations", "{\"name\":\"%s\"}".formatted(name)))
          .extracting(HttpResponse::statusCode)
          .isEqualTo(201);
    }
    String project = "{\"organization_id\":\"2\",\"name\":\"Secret\"}";
    assertThat(Browser.json(operator.post("/admin/api/projects", project)).at("/id").asString())
        .isEqualTo("1");
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    settings.put("r1.api.oidc.issuer", issuer());
    settings.put("r1.api.oidc.client-id", CONSOLE);
    settings.put("r1.api.oidc.client-secret-file", RunningApi.file("a secret").toString());
    settings.put("r1.api.oidc.audience", AUDIENCE);
    settings.put("r1.api.oidc.machine-clients", "default,client"); // as the provider's azp is
    role(settings, 0, "r1-operators", "operator", null);
    role(settings, 1, "ours-admins", "admin", "1");
    role(settings, 2, "ours-viewers", "viewer", "1");
    role(settings, 3, "nowhere", "owner", "999");
    role(settings, 4, "ours-finance", "finance", "1");
    role(settings, 5, "crossed", "developer", "1");
    settings.put("r1.api.people.groups[5].project", "1"); // which is of organization 2
    role(settings, 6, "theirs-project", "developer", "2");
    settings.put("r1.api.people.groups[6].project", "1");
    settings.put("r1.api.people.domains[0].domain", "ours.example");
    settings.put("r1.api.people.domains[0].organization", "1");
    settings.put("r1.api.people.domains[0].role", "viewer");
    return settings;
  }

  private static void role(
      Map<String, String> settings,
      int index,
      String group,
      String role,
      @Nullable String organization) {
    String at = "r1.api.people.groups[" + index + "].";
    settings.put(at + "group", group);
    settings.put(at + "role", role);
    if (organization != null) {
      settings.put(at + "organization", organization);
    }
  }

  private String issuer() {
    return provider.issuerUrl(ISSUER).toString();
  }

  @AfterAll
  void stop() {
    api.close();
    provider.shutdown();
  }

  @BeforeEach
  void later() {
    api.clock().advance(Duration.ofMinutes(20));
  }

  @Test
  void aGroupGivesItsRoleAndNoOther() {
    var browser = new Browser(api);
    assertThat(logIn(browser, "admin-1", "Admin@One.example", "ours-admins").statusCode())
        .isEqualTo(302);
    JsonNode session = browser.session();
    assertThat(session.at("/person/email").asString()).isEqualTo("admin@one.example");
    assertThat(session.at("/person/roles").toString())
        .isEqualTo("[{\"organization_id\":\"1\",\"project_id\":null,\"role\":\"admin\"}]");
    assertThat(session.path("operator").isNull()).isTrue();
    assertThat(browser.get("/admin/api/organizations").body())
        .contains("Ours")
        .doesNotContain("Theirs");
    assertThat(browser.get("/admin/api/system").statusCode()).isEqualTo(403);
    assertThat(
            browser
                .post("/admin/api/projects", "{\"organization_id\":\"1\",\"name\":\"By OIDC\"}")
                .statusCode())
        .isEqualTo(201);
    assertThat(lastActor("project.created")).isEqualTo("admin@one.example");
  }

  @Test
  void theLoginSendsPkceStateAndNonce() {
    String there = location(new Browser(api).get(LOGIN));
    assertThat(there)
        .startsWith(provider.authorizationEndpointUrl(ISSUER).toString())
        .contains("code_challenge_method=S256", "code_challenge=", "state=", "nonce=")
        .contains("response_type=code", "client_id=" + CONSOLE);
  }

  @Test
  void aLoginEndsTheSessionOfBefore() {
    var browser = new Browser(api);
    String answer = answerOf(browser, "fixed", "fixed@one.example", "ours-viewers");
    String before = browser.cookie().orElseThrow();
    assertThat(browser.get(answer).statusCode()).isEqualTo(302);
    assertThat(browser.cookie().orElseThrow()).isNotEqualTo(before);
    var thief = new Browser(api);
    thief.setCookie(before);
    assertThat(thief.session().get("authenticated").asBoolean()).isFalse();
  }

  @Test
  void whoHasNoRoleAndNoInvitationIsRefusedAndCounted() {
    for (int i = 0; i < 5; i++) {
      var browser = new Browser(api);
      var refused = logIn(browser, "stranger", "stranger@else.example", "some-group");
      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(browser.session().get("authenticated").asBoolean()).isFalse();
    }
    assertThat(logIn(new Browser(api), "stranger", "stranger@else.example").statusCode())
        .isEqualTo(429);
    assertThat(people("stranger@else.example")).isZero();
  }

  @Test
  void aVerifiedDomainLetsIn() {
    var browser = new Browser(api);
    assertThat(logIn(browser, "new", "new@ours.example").statusCode()).isEqualTo(302);
    assertThat(browser.session().at("/person/roles/0/role").asString()).isEqualTo("viewer");
    assertThat(logIn(new Browser(api), "sub", "new@sub.ours.example").statusCode()).isEqualTo(403);
  }

  @Test
  void anAddressThatIsNotVerifiedLetsNobodyIn() {
    for (Object verified : List.of(false, "false", "")) {
      Map<String, Object> claims =
          Map.of(
              "email",
              "claimed@ours.example",
              "email_verified",
              verified,
              "groups",
              List.of("r1-operators"));
      var browser = new Browser(api);
      browser.get(answer(provider, browser, "claimer", claims));
      assertThat(browser.session().get("authenticated").asBoolean()).isFalse();
    }
    assertThat(people("claimed@ours.example")).isZero();
  }

  @Test
  void whoLeavesAGroupLosesItsRoleAtTheNextLogin() {
    var browser = new Browser(api);
    logIn(browser, "leaver", "leaver@one.example", "r1-operators", "ours-admins");
    assertThat(browser.get("/admin/api/system").statusCode()).isEqualTo(200);
    logIn(browser, "leaver", "leaver@one.example", "ours-viewers");
    assertThat(browser.get("/admin/api/system").statusCode()).isEqualTo(403);
    assertThat(browser.session().at("/person/roles").toString())
        .contains("viewer")
        .doesNotContain("admin");
    logIn(browser, "leaver", "leaver@one.example");
    assertThat(browser.session().at("/person/roles").toString()).isEqualTo("[]");
    assertThat(browser.get("/admin/api/organizations").statusCode()).isEqualTo(403);
    assertThat(lastActor("person.roles_renewed")).isEqualTo("leaver@one.example");
  }

  @Test
  void rolesOfSeveralGroupsAddUp() {
    var browser = new Browser(api);
    logIn(browser, "several", "several@one.example", "ours-viewers", "ours-finance", "ours-admins");
    assertThat(browser.session().at("/person/roles").findValuesAsString("role"))
        .containsExactly("admin", "finance", "viewer");
    assertThat(browser.get("/admin/api/members").statusCode()).as("as admin").isEqualTo(200);
    logIn(browser, "several", "several@one.example", "ours-viewers", "ours-finance");
    assertThat(browser.get("/admin/api/audit").statusCode()).as("as finance").isEqualTo(200);
    assertThat(browser.get("/admin/api/members").statusCode()).isEqualTo(403);
  }

  @Test
  void anAddressIsNotTakenOverByAnotherAccount() {
    logIn(new Browser(api), "first", "same@one.example", "ours-admins");
    assertThat(logIn(new Browser(api), "second", "same@one.example", "ours-admins").statusCode())
        .isEqualTo(403);
  }

  @Test
  void theAddressOfWhoLogsInByPasswordIsNotEnough() {
    var browser = new Browser(api);
    assertThat(logIn(browser, "claims-it", Browser.EMAIL, "ours-admins").statusCode())
        .isEqualTo(403);
    assertThat(browser.session().get("authenticated").asBoolean()).isFalse();
    assertThat(logIn(browser, "runs-it", Browser.EMAIL, "r1-operators").statusCode())
        .isEqualTo(302);
    assertThat(logIn(browser, "runs-it", Browser.EMAIL).statusCode()).isEqualTo(302);
    assertThat(browser.get("/admin/api/system").statusCode()).as("by password").isEqualTo(200);
  }

  @Test
  void anOperatorByGroupThatIsGivenAPasswordStaysOne() {
    logIn(new Browser(api), "promoted", "promoted@one.example", "r1-operators");
    var settings = settings();
    settings.put("r1.api.operator.email", "promoted@one.example");
    RunningApi.start(database, settings).close();
    var browser = new Browser(api);
    assertThat(logIn(browser, "promoted", "promoted@one.example").statusCode()).isEqualTo(302);
    assertThat(browser.get("/admin/api/system").statusCode()).isEqualTo(200);
  }

  @Test
  void aDisabledPersonIsRefused() {
    logIn(new Browser(api), "off", "off@one.example", "ours-admins");
    superuser.sql("update api.person set enabled = false where email = 'off@one.example'").update();
    var browser = new Browser(api);
    assertThat(logIn(browser, "off", "off@one.example", "ours-admins").statusCode()).isEqualTo(403);
    assertThat(browser.session().get("authenticated").asBoolean()).isFalse();
  }

  @Test
  void anAnswerIsTakenOnceAndByTheBrowserThatAskedForIt() {
    var browser = new Browser(api);
    String answer = answerOf(browser, "once", "once@one.example", "ours-viewers");
    var other = new Browser(api);
    other.get(LOGIN); // has begun a login of its own
    assertThat(other.get(answer).statusCode()).isEqualTo(401);
    assertThat(new Browser(api).get(answer).statusCode()).isEqualTo(401);
    assertThat(browser.get(answer.replaceAll("state=[^&]*", "state=x")).statusCode())
        .isEqualTo(401);
    assertThat(browser.get(answer).statusCode()).isEqualTo(302);
    assertThat(browser.get(answer).statusCode()).isEqualTo(401);
  }

  @Test
  void aMachineWithARoleNeedsNoSessionAndIsInTheTrail() {
    String token = token("backup", AUDIENCE, "ours-admins");
    assertThat(bearer("GET", "/admin/api/organizations", token).body())
        .contains("Ours")
        .doesNotContain("Theirs");
    assertThat(bearer("GET", "/admin/api/projects?organization_id=2", token).body())
        .contains("\"items\":[]");
    assertThat(bearer("GET", "/admin/api/system", token).statusCode()).isEqualTo(403);
    assertThat(bearer("POST", "/admin/api/projects", token).statusCode()).isEqualTo(201);
    assertThat(lastActor("project.created")).isEqualTo("machine backup");
    assertThat(bearer("GET", "/admin/api/system", token("root", AUDIENCE, "r1-operators")))
        .extracting(HttpResponse::statusCode)
        .isEqualTo(200);
  }

  @Test
  void aMachineWithoutARoleMayNothing() {
    assertThat(bearer("GET", "/admin/api/organizations", token("poor", AUDIENCE)).statusCode())
        .isEqualTo(403);
  }

  @Test
  void aProjectOfAnotherOrganizationGivesAMachineNothing() {
    assertThat(bearer("GET", "/admin/api/keys", token("m", AUDIENCE, "theirs-project")))
        .extracting(HttpResponse::statusCode)
        .isEqualTo(200);
    assertThat(bearer("GET", "/admin/api/keys", token("m", AUDIENCE, "crossed")))
        .extracting(HttpResponse::statusCode)
        .isEqualTo(403);
  }

  @Test
  void aTokenSaysThatItIsAnAccessTokenOrNothing() {
    Map<String, Integer> types = Map.of("JWT", 200, "at+jwt", 200, "logout+jwt", 401);
    types.forEach(
        (type, status) -> {
          Map<String, Object> claims = Map.of("groups", List.of("r1-operators"));
          var callback =
              new DefaultOAuth2TokenCallback(ISSUER, "typed", type, List.of(AUDIENCE), claims);
          String token = provider.issueToken(ISSUER, "client", callback).serialize();
          assertThat(bearer("GET", "/admin/api/system", token).statusCode())
              .as(type)
              .isEqualTo(status);
        });
  }

  @Test
  void aTokenThatIsNotForUsIsRefused() {
    Map<String, Object> admins = Map.of("groups", List.of("r1-operators"));
    String unsigned =
        new PlainJWT(
                new JWTClaimsSet.Builder()
                    .issuer(issuer())
                    .audience(AUDIENCE)
                    .subject("forger")
                    .claim("groups", List.of("r1-operators"))
                    .expirationTime(Date.from(Instant.now().plusSeconds(600)))
                    .build())
            .serialize();
    String good = token("signed", AUDIENCE, "r1-operators");
    Map<String, Object> ofLogin = Map.of("groups", List.of("r1-operators"), "nonce", "n");
    Map<String, String> bad =
        Map.of(
            "another audience",
            token("x", "another", "r1-operators"),
            "a person's id token",
            token("x", CONSOLE, "r1-operators"),
            "a person's who was never here",
            provider.issueToken(ISSUER, "x", AUDIENCE, ofLogin, 600).serialize(),
            "another issuer",
            provider.issueToken("evil", "x", AUDIENCE, admins, 600).serialize(),
            "expired",
            provider.issueToken(ISSUER, "x", AUDIENCE, admins, -600).serialize(),
            "unsigned",
            unsigned,
            "another signature",
            good.substring(0, good.length() - 8) + "AAAAAAAA",
            "nonsense",
            "nonsense");
    bad.forEach(
        (what, token) -> {
          var refused = bearer("GET", "/admin/api/system", token);
          assertThat(refused.statusCode()).as(what).isEqualTo(401);
          assertThat(refused.body()).as(what).contains("not_authenticated");
        });
  }

  @Test
  void aPersonsTokenIsNoMachines() {
    logIn(new Browser(api), "person", "person@one.example", "ours-admins");
    String token = token("person", AUDIENCE, "r1-operators");
    var refused = bearer("GET", "/admin/api/organizations", token);
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.body()).contains("not_authenticated");
  }

  @Test
  void aMachineHasAName() throws ParseException {
    SignedJWT nameless =
        provider.anyToken(
            provider.issuerUrl(ISSUER),
            Map.of("aud", List.of(AUDIENCE), "groups", List.of("r1-operators"), "azp", "default"),
            Duration.ofMinutes(10));
    assertThat(nameless.getJWTClaimsSet().getAudience()).containsExactly(AUDIENCE);
    assertThat(nameless.getJWTClaimsSet().getSubject()).isNull();
    assertThat(bearer("GET", "/admin/api/system", nameless.serialize()).statusCode())
        .isEqualTo(401);
  }

  @Test
  void aMachinesTokenIsNoKeyOfTheTenantApi() {
    assertThat(bearer("GET", "/v1/models", token("x", AUDIENCE, "r1-operators")).statusCode())
        .isEqualTo(401);
  }

  @Test
  void passwordsCanBeSwitchedOffAndTheProviderMayBeAwayAtTheStart() {
    var settings = settings();
    settings.put("r1.api.operator.password-login", "false");
    settings.put("r1.api.oidc.issuer", "http://127.0.0.1:1/away");
    try (RunningApi other = RunningApi.start(database, settings)) {
      assertThat(new Browser(other).logIn(Browser.EMAIL, Browser.PASSWORD).statusCode())
          .isEqualTo(403);
      assertThat(new Browser(other).get(LOGIN).statusCode()).isEqualTo(503);
      assertUnavailable(other.get("/admin/api/system", token("x", AUDIENCE, "r1-operators")));
    }
  }

  @Test
  void aProviderThatGoesAwayMeanwhileIsNoFaultOfOurs() {
    var leaving = new MockOAuth2Server();
    leaving.start();
    var settings = settings();
    settings.put("r1.api.oidc.issuer", leaving.issuerUrl(ISSUER).toString());
    Map<String, Object> operators = Map.of("groups", List.of("r1-operators"));
    String known = leaving.issueToken(ISSUER, "m", AUDIENCE, operators, 600).serialize();
    String ofUnknownKey = leaving.issueToken("new", "m", AUDIENCE, operators, 600).serialize();
    try (RunningApi other = RunningApi.start(database, settings)) {
      assertThat(other.get("/admin/api/system", known).statusCode()).isEqualTo(200);
      var browser = new Browser(other);
      Map<String, Object> claims = Map.of("email", "late@ours.example", "email_verified", true);
      String answer = answer(leaving, browser, "late", claims);
      leaving.shutdown();
      assertUnavailable(browser.get(answer));
      assertThat(browser.session().get("authenticated").asBoolean()).isFalse();
      assertUnavailable(other.get("/admin/api/system", ofUnknownKey));
      assertThat(other.get("/admin/api/system", known).statusCode()).isEqualTo(200);
    }
  }

  private static void assertUnavailable(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
    assertThat(answer.body()).contains("auth_unavailable");
  }

  @Test
  void withoutAProviderThereIsNoLogin() {
    try (RunningApi other = RunningApi.start(database, Map.of())) {
      assertThat(new Browser(other).get(LOGIN).statusCode()).isIn(401, 404);
      assertThat(new Browser(other).get(LOGIN + "/callback?code=x&state=y").statusCode())
          .isIn(401, 404);
    }
  }

  private HttpResponse<String> logIn(
      Browser browser, String subject, String email, String... groups) {
    return browser.get(answerOf(browser, subject, email, groups));
  }

  private String answerOf(Browser browser, String subject, String email, String... groups) {
    return answer(
        provider,
        browser,
        subject,
        Map.of("email", email, "email_verified", true, "groups", List.of(groups)));
  }

  /** Where the provider sends the browser back to. */
  private String answer(
      MockOAuth2Server at, Browser browser, String subject, Map<String, Object> claims) {
    at.enqueueCallback(
        new DefaultOAuth2TokenCallback(ISSUER, subject, "JWT", List.of("userinfo"), claims));
    String there = location(browser.get(LOGIN));
    URI back = URI.create(location(api.send(HttpRequest.newBuilder(URI.create(there)))));
    return back.getPath() + "?" + back.getRawQuery();
  }

  private static String location(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(302);
    return answer.headers().firstValue("location").orElseThrow();
  }

  private String token(String subject, String audience, String... groups) {
    return provider
        .issueToken(ISSUER, subject, audience, Map.of("groups", List.of(groups)), 600)
        .serialize();
  }

  private HttpResponse<String> bearer(String method, String path, String token) {
    String body = "{\"organization_id\":\"1\",\"name\":\"By %s\"}".formatted(method);
    return api.send(
        HttpRequest.newBuilder(api.uri(path))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body)));
  }

  private int people(String email) {
    return superuser
        .sql("select count(*) from api.person where email = ?")
        .param(email)
        .query(Integer.class)
        .single();
  }

  private String lastActor(String action) {
    return superuser
        .sql("select actor from api.audit_event where action = ? order by id desc limit 1")
        .param(action)
        .query(String.class)
        .single();
  }
}
