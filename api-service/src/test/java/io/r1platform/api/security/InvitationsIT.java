package io.r1platform.api.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Await;
import io.r1platform.api.Browser;
import io.r1platform.api.RunningApi;
import io.r1platform.testing.TestDatabase;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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

/** People come by invitation, get their role, and lose it again. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InvitationsIT {
  private static final String ISSUER = "site";
  private static final String LOGIN = "/admin/login/oidc";

  private final TestDatabase database = TestDatabase.create();
  private final MockOAuth2Server provider = new MockOAuth2Server();
  private final JdbcClient superuser = JdbcClient.create(database.superuser());
  private RunningApi api;
  private Browser operator;

  @BeforeAll
  void start() {
    provider.start();
    api = RunningApi.start(database, settings());
    operator = Browser.loggedIn(api);
    assertThat(organization()).isEqualTo("1");
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    settings.put("r1.api.oidc.issuer", provider.issuerUrl(ISSUER).toString());
    settings.put("r1.api.oidc.client-id", "console");
    settings.put("r1.api.oidc.client-secret-file", RunningApi.file("secret").toString());
    settings.put("r1.api.people.domains[0].domain", "listed.example");
    settings.put("r1.api.people.domains[0].organization", "1");
    settings.put("r1.api.people.domains[0].role", "viewer");
    return settings;
  }

  @AfterAll
  void stop() {
    api.close();
    provider.shutdown();
  }

  @BeforeEach
  void later() {
    api.clock().advance(Duration.ofMinutes(20));
    operator = Browser.loggedIn(api);
  }

  @Test
  void anInvitationIsGoodOnceForItsAddress() {
    String organization = organization();
    String token = invite(operator, organization, "Ann@one.example", "developer");
    var wrong = new Browser(api);
    assertThat(come(wrong, "bob@one.example", token).statusCode()).isEqualTo(403);
    assertThat(wrong.session().get("authenticated").asBoolean()).isFalse();
    var ann = new Browser(api);
    assertThat(come(ann, "ann@one.example", token).statusCode()).isEqualTo(302);
    assertThat(ann.session().at("/person/roles/0/role").asString()).isEqualTo("developer");
    assertThat(come(new Browser(api), "ann@one.example", token).statusCode()).isEqualTo(403);
    assertThat(come(new Browser(api), "ann@one.example", null).statusCode()).isEqualTo(302);
    assertThat(trail(organization)).contains("invitation.made", "invitation.accepted");
  }

  @Test
  void whoIsOfAListedDomainGetsTheRoleOfTheInvitation() {
    var admin = new Browser(api);
    String token = invite(operator, "1", "new@listed.example", "admin");
    assertThat(come(admin, "new@listed.example", token).statusCode()).isEqualTo(302);
    assertThat(admin.session().at("/person/roles").toString())
        .isEqualTo("[{\"organization_id\":\"1\",\"project_id\":null,\"role\":\"admin\"}]");
    var elsewhere = new Browser(api);
    String other = organization();
    String there = invite(operator, other, "both@listed.example", "developer");
    assertThat(come(elsewhere, "both@listed.example", there).statusCode()).isEqualTo(302);
    assertThat(elsewhere.session().at("/person/roles").findValuesAsString("role"))
        .containsExactly("viewer", "developer");
  }

  /** Two logins that hold the chains in different orders would wait for each other. */
  @Test
  void aLoginHoldsTheOrganizationsChainBeforeTheSites() {
    String first = organization();
    String second = organization();
    String email = "chains@one.example";
    come(new Browser(api), email, invite(operator, first, email, "viewer"));
    come(new Browser(api), email, invite(operator, first, email, "viewer"));
    come(new Browser(api), email, invite(operator, second, email, "viewer"));
    assertThat(
            superuser
                .sql("select action from api.audit_event where actor = ? order by id")
                .param(email)
                .query(String.class)
                .list())
        .containsExactly(
            "invitation.accepted",
            "person.added",
            "person.logged_in",
            "invitation.accepted",
            "person.logged_in",
            "invitation.accepted",
            "person.roles_renewed",
            "person.logged_in");
  }

  @Test
  void whoCannotBeInvitedIsNamed() {
    assertThat(invited(operator, "999999", "a@one.example", "viewer").statusCode()).isEqualTo(404);
    for (String email : List.of("a\\u0000@one.example", "a@one\\u0085.example", "\\ud800@b", "@")) {
      var refused = invited(operator, "1", email, "viewer");
      assertThat(refused.statusCode()).as(email).isEqualTo(422);
      assertThat(Browser.json(refused).get("param").asString()).isEqualTo("email");
    }
    assertThat(new Browser(api).logIn("a\u0000@one.example", "any password").statusCode())
        .isEqualTo(422);
  }

  @Test
  void anInvitationEndsByTimeAndByRevocation() {
    String organization = organization();
    String revoked = invite(operator, organization, "r@one.example", "viewer");
    String id =
        operator
            .read("/admin/api/invitations?organization_id=" + organization)
            .at("/items/0/id")
            .asString();
    String path = "/admin/api/invitations/" + id;
    assertThat(operator.delete(path).statusCode()).isEqualTo(428);
    var stale = operator.delete(path, "If-Match", "\"7\"");
    assertThat(stale.statusCode()).isEqualTo(412);
    assertThat(Browser.json(stale).at("/current/version").asString()).isEqualTo("0");
    assertThat(Browser.json(stale).at("/current/revoked_at").isNull()).isTrue();
    assertThat(operator.delete(path, "If-Match", "\"0\"").statusCode()).isEqualTo(200);
    assertThat(operator.delete(path, "If-Match", "\"0\"").statusCode()).isEqualTo(412);
    assertThat(come(new Browser(api), "r@one.example", revoked).statusCode()).isEqualTo(403);
    String old = invite(operator, organization, "o@one.example", "viewer");
    api.clock().advance(Duration.ofDays(7));
    assertThat(come(new Browser(api), "o@one.example", old).statusCode()).isEqualTo(403);
    assertThat(come(new Browser(api), "n@one.example", "made-up").statusCode()).isEqualTo(403);
  }

  @Test
  void noTableHoldsAToken() {
    String token = invite(operator, organization(), "t@one.example", "viewer");
    var browser = new Browser(api);
    browser.get(LOGIN + "?invitation=" + token);
    for (String table : List.of("invitation", "audit_event", "person_session")) {
      assertThat(
              superuser
                  .sql("select coalesce(string_agg(t::text, ''), '') from api." + table + " t")
                  .query(String.class)
                  .single())
          .as(table)
          .doesNotContain(token);
    }
  }

  @Test
  void onlyAnOwnerMakesOwnersAndTheLastOneStays() throws Exception {
    String organization = organization();
    Browser owner = member(organization, "owner");
    Browser admin = member(organization, "admin");
    assertThat(invited(admin, organization, "x@one.example", "owner").statusCode()).isEqualTo(403);
    JsonNode first = memberOf(owner, organization, "owner");
    JsonNode deputy = memberOf(owner, organization, "admin");
    assertThat(change(admin, deputy, "owner").statusCode()).isEqualTo(403);
    assertThat(change(admin, first, "viewer").statusCode()).isEqualTo(403);
    assertThat(change(owner, first, "viewer").statusCode()).isEqualTo(409);
    assertThat(change(operator, first, "viewer").statusCode()).isEqualTo(409);
    assertThat(change(owner, deputy, "owner").statusCode()).isEqualTo(200);
    assertThat(change(owner, deputy, "viewer").statusCode()).as("stale").isEqualTo(412);
    List<JsonNode> both =
        operator
            .read("/admin/api/members?organization_id=" + organization)
            .get("items")
            .valueStream()
            .toList();
    try (ExecutorService at = Executors.newFixedThreadPool(2)) {
      List<Callable<Integer>> removals =
          both.stream()
              .map(one -> (Callable<Integer>) () -> remove(Browser.loggedIn(api), one).statusCode())
              .toList();
      List<Integer> statuses = at.invokeAll(removals).stream().map(f -> f.resultNow()).toList();
      assertThat(statuses).containsExactlyInAnyOrder(204, 409);
    }
  }

  @Test
  void anOwnerByGroupDoesNotMakeTheLastGivenOneGo() {
    String organization = organization();
    member(organization, "owner");
    member(organization, "viewer");
    superuser
        .sql(
            """
            insert into api.membership (person_id, organization_id, role, source, created_at)
            select person_id, organization_id, 'owner', 'group', now() from api.membership
            where organization_id = ?\
            """)
        .param(Long.valueOf(organization))
        .update();
    JsonNode given =
        operator
            .read("/admin/api/members?organization_id=" + organization)
            .get("items")
            .valueStream()
            .filter(member -> !member.get("of_group").asBoolean())
            .filter(member -> member.get("role").asString().equals("owner"))
            .findFirst()
            .orElseThrow();
    assertThat(change(operator, given, "viewer").statusCode()).isEqualTo(409);
    assertThat(remove(operator, given).statusCode()).isEqualTo(409);
  }

  /** Another change of the member is under way when the admin's request is let in. */
  @Test
  void whoBecomesAnOwnerMeanwhileIsNotRemovedByAnAdmin() throws Exception {
    String organization = organization();
    member(organization, "owner");
    Browser admin = member(organization, "admin");
    member(organization, "viewer");
    JsonNode viewer = memberOf(operator, organization, "viewer");
    String path = "/admin/api/members/" + viewer.get("id").asString();
    long id = Long.parseLong(viewer.get("id").asString());
    long next = Long.parseLong(viewer.get("version").asString()) + 1;
    try (Connection promotion = database.superuser().getConnection();
        Statement sql = promotion.createStatement();
        ExecutorService at = Executors.newSingleThreadExecutor()) {
      promotion.setAutoCommit(false);
      sql.execute("select from api.organization where id = " + organization + " for update");
      sql.execute(
          "update api.membership set role = 'owner', version = version + 1 where id = " + id);
      Future<HttpResponse<String>> removal =
          at.submit(() -> admin.delete(path, "If-Match", Long.toString(next)));
      Await.until("the removal waits", this::somebodyWaits);
      promotion.commit();
      assertThat(removal.get().statusCode()).isEqualTo(403);
    }
  }

  private boolean somebodyWaits() {
    return superuser
        .sql(
            """
            select exists (select from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock')\
            """)
        .query(Boolean.class)
        .single();
  }

  @Test
  void aRoleThatIsTakenIsGoneWithTheNextRequest() {
    String organization = organization();
    member(organization, "owner");
    Browser developer = member(organization, "developer");
    assertThat(developer.get("/admin/api/keys").statusCode()).isEqualTo(200);
    JsonNode member = memberOf(operator, organization, "developer");
    assertThat(operator.delete("/admin/api/members/" + member.get("id").asString()).statusCode())
        .isEqualTo(428);
    assertThat(remove(operator, member).statusCode()).isEqualTo(204);
    assertThat(developer.get("/admin/api/keys").statusCode()).isEqualTo(403);
    assertThat(trail(organization)).contains("member.removed");
  }

  @Test
  void whoIsRemovedDoesNotComeBackByAnotherInvitation() {
    String organization = organization();
    String elsewhere = organization();
    member(organization, "owner");
    String email = "developer@org" + organization + ".example";
    Browser developer = member(organization, "developer");
    String second = invite(operator, organization, email, "admin");
    String other = invite(operator, elsewhere, email, "viewer");
    assertThat(remove(operator, memberOf(operator, organization, "developer")).statusCode())
        .isEqualTo(204);
    assertThat(come(new Browser(api), email, second).statusCode()).isEqualTo(403);
    assertThat(developer.get("/admin/api/keys").statusCode()).isEqualTo(403);
    assertThat(trail(organization)).endsWith("member.removed", "invitation.revoked");
    assertThat(come(new Browser(api), email, other).statusCode()).isEqualTo(302);
    String again = invite(operator, organization, email, "viewer");
    assertThat(come(new Browser(api), email, again).statusCode()).isEqualTo(302);
  }

  @Test
  void theSessionSaysWhatMayBeDoneWhereAndARefusalWhatItTakes() {
    String organization = organization();
    Browser finance = member(organization, "finance");
    Map<String, String> may = permissions(finance);
    assertThat(may)
        .containsEntry("audit_read", "[\"" + organization + "\"]")
        .doesNotContainKeys("keys_read", "content_read", "site");
    JsonNode refused = Browser.json(finance.get("/admin/api/keys"));
    assertThat(refused.get("permission").asString()).isEqualTo("keys_read");
    assertThat(refused.get("roles").toString()).isEqualTo("[\"owner\",\"admin\",\"developer\"]");
    assertThat(permissions(operator)).containsKey("site").doesNotContainKey("content_read");
  }

  private static Map<String, String> permissions(Browser browser) {
    Map<String, String> permissions = new HashMap<>();
    browser
        .session()
        .at("/person/permissions")
        .forEach(
            one ->
                permissions.put(
                    one.get("permission").asString(), one.get("organizations").toString()));
    return permissions;
  }

  @Test
  void keysAreListedByOrganizationAndOnlyWhereTheyAreReached() {
    String ours = organization();
    String theirs = organization();
    var project =
        operator.post(
            "/admin/api/projects", "{\"organization_id\":\"%s\",\"name\":\"P\"}".formatted(theirs));
    String id = Browser.json(project).get("id").asString();
    operator.post("/admin/api/keys", "{\"project_id\":\"%s\",\"name\":\"K\"}".formatted(id));
    String there = "/admin/api/keys?organization_id=" + theirs;
    assertThat(operator.read(there).get("items")).hasSize(1);
    assertThat(operator.read("/admin/api/keys?organization_id=" + ours).get("items")).isEmpty();
    assertThat(member(ours, "developer").read(there).get("items")).isEmpty();
  }

  /** Who types a wrong password for somebody's address locks nobody out of the provider's way. */
  @Test
  void guessedPasswordsDoNotLockOutWhoComesByTheProvider() {
    String email = "guessed@listed.example";
    for (int i = 0; i < 25; i++) {
      new Browser(api).logIn(i < 5 ? email : "other" + i + "@one.example", "a wrong guess");
    }
    assertThat(new Browser(api).logIn(email, "another guess").statusCode()).isEqualTo(429);
    assertThat(come(new Browser(api), email, null).statusCode()).isEqualTo(302);
    assertThat(new Browser(api).logIn("oidc\u0000" + email, "x").statusCode()).isEqualTo(422);
  }

  @Test
  void passwordSessionsEndWherePasswordsAreSwitchedOff() {
    var byProvider = new Browser(api);
    come(byProvider, "stays@listed.example", null);
    Map<String, String> off = new HashMap<>(settings());
    off.put("r1.api.operator.password-login", "false");
    off.put("r1.api.metering.replica-id", "2");
    try (RunningApi other = RunningApi.start(database, off)) {
      other.clock().set(api.clock().instant());
      assertThat(byProvider.goesTo(other).get("/admin/api/organizations").statusCode())
          .isEqualTo(200);
      assertThat(operator.goesTo(other).get("/admin/api/organizations").statusCode())
          .isEqualTo(401);
      assertThat(operator.session().get("authenticated").asBoolean()).isFalse();
      assertThat(operator.logIn(Browser.EMAIL, Browser.PASSWORD).statusCode()).isEqualTo(403);
    }
  }

  @Test
  void aBrowserIsShownWhyOnTheLoginPage() {
    String token = invite(operator, organization(), "asked@one.example", "viewer");
    Map<String, HttpResponse<String>> refused =
        Map.of(
            "not_invited",
            visit(new Browser(api), claims("nobody@one.example"), null),
            "invitation_not_good",
            visit(new Browser(api), claims("nobody2@one.example"), token),
            "address_taken",
            visit(new Browser(api), claims(Browser.EMAIL), null),
            "address_not_verified",
            visit(new Browser(api), Map.of("email", "v@listed.example"), null),
            "not_authenticated",
            new Browser(api).visit(LOGIN + "/callback?error=access_denied&state=x"));
    refused.forEach(
        (reason, answer) ->
            assertThat(location(answer))
                .startsWith("/console/login?refused=" + reason + "&request_id="));
    assertThat(come(new Browser(api), "nobody@one.example", null).body())
        .contains("\"reason\":\"not_invited\"", "\"code\":\"forbidden\"");
  }

  private String organization() {
    return Browser.json(
            operator.post(
                "/admin/api/organizations", "{\"name\":\"%s\"}".formatted(UUID.randomUUID())))
        .get("id")
        .asString();
  }

  private Browser member(String organization, String role) {
    String email = role + "@org" + organization + ".example";
    var browser = new Browser(api);
    String token = invite(operator, organization, email, role);
    assertThat(come(browser, email, token).statusCode()).isEqualTo(302);
    browser.session();
    return browser;
  }

  private static JsonNode memberOf(Browser browser, String organization, String role) {
    return browser
        .read("/admin/api/members?organization_id=" + organization)
        .get("items")
        .valueStream()
        .filter(member -> member.get("role").asString().equals(role))
        .findFirst()
        .orElseThrow();
  }

  private static HttpResponse<String> change(Browser browser, JsonNode member, String role) {
    return browser.put(
        "/admin/api/members/" + member.get("id").asString(),
        "{\"role\":\"%s\"}".formatted(role),
        "If-Match",
        member.get("version").asString());
  }

  private static HttpResponse<String> remove(Browser browser, JsonNode member) {
    return browser.delete(
        "/admin/api/members/" + member.get("id").asString(),
        "If-Match",
        member.get("version").asString());
  }

  private static HttpResponse<String> invited(
      Browser browser, String organization, String email, String role) {
    return browser.post(
        "/admin/api/invitations",
        "{\"organization_id\":\"%s\",\"email\":\"%s\",\"role\":\"%s\"}"
            .formatted(organization, email, role));
  }

  private static String invite(Browser browser, String organization, String email, String role) {
    var answer = invited(browser, organization, email, role);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return Browser.json(answer).get("token").asString();
  }

  /** Logs in at the provider, with the link of an invitation if there is a token. */
  private HttpResponse<String> come(Browser browser, String email, @Nullable String token) {
    return browser.get(answer(browser, claims(email), token));
  }

  private HttpResponse<String> visit(
      Browser browser, Map<String, Object> claims, @Nullable String token) {
    return browser.visit(answer(browser, claims, token));
  }

  private static Map<String, Object> claims(String email) {
    return Map.of("email", email, "email_verified", true);
  }

  /** Where the provider sends the browser back to. */
  private String answer(Browser browser, Map<String, Object> claims, @Nullable String token) {
    provider.enqueueCallback(
        new DefaultOAuth2TokenCallback(
            ISSUER, String.valueOf(claims.get("email")), "JWT", List.of("userinfo"), claims));
    String link = token == null ? LOGIN : LOGIN + "?invitation=" + token;
    String there = location(browser.get(link));
    URI back = URI.create(location(api.send(HttpRequest.newBuilder(URI.create(there)))));
    return back.getPath() + "?" + back.getRawQuery();
  }

  private static String location(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(302);
    return answer.headers().firstValue("location").orElseThrow();
  }

  private List<String> trail(String organization) {
    return superuser
        .sql("select action from api.audit_event where organization_id = ? order by id")
        .param(Long.valueOf(organization))
        .query(String.class)
        .list();
  }
}
