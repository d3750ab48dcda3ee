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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.token.DefaultOAuth2TokenCallback;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Whoever is shut out, removed or made less leaves no way back in behind. Two replicas. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PeopleIT {
  private static final String ISSUER = "site";
  private static final String LOGIN = "/admin/login/oidc";
  private static final String PEOPLE = "/admin/api/people";
  private static final String PASSWORD = "a long password";

  private final TestDatabase database = TestDatabase.create();
  private final MockOAuth2Server provider = new MockOAuth2Server();
  private final JdbcClient superuser = JdbcClient.create(database.superuser());
  private RunningApi api;
  private RunningApi replica;
  private Browser operator;

  @BeforeAll
  void start() {
    provider.start();
    Map<String, String> settings = new HashMap<>();
    settings.put("r1.api.oidc.issuer", provider.issuerUrl(ISSUER).toString());
    settings.put("r1.api.oidc.client-id", "console");
    settings.put("r1.api.oidc.client-secret-file", RunningApi.file("secret").toString());
    api = RunningApi.start(database, settings);
    settings.put("r1.api.metering.replica-id", "2");
    replica = RunningApi.start(database, settings);
  }

  @AfterAll
  void stop() {
    replica.close();
    api.close();
    provider.shutdown();
  }

  @BeforeEach
  void later() {
    api.clock().advance(Duration.ofMinutes(20));
    replica.clock().set(api.clock().instant());
    operator = Browser.loggedIn(api);
  }

  @Test
  void whoIsShutOutIsOutOnEveryReplicaAtOnce() {
    String organization = organization();
    String email = person(organization, "admin");
    Browser here = loggedIn(api, email);
    Browser there = loggedIn(replica, email);
    String keys = "/admin/api/keys";
    JsonNode person = find(email);
    assertThat(person.path("enabled").asBoolean()).isTrue();

    JsonNode dry = Browser.json(put(operator, person, false, "?dry_run=true"));
    assertThat(dry.path("ended_sessions").asInt()).isEqualTo(2);
    assertThat(dry.at("/roles/0/role").asString()).isEqualTo("admin");
    assertThat(here.get(keys).statusCode()).isEqualTo(200);
    assertThat(there.get(keys).statusCode()).isEqualTo(200);

    HttpResponse<String> done = put(operator, person, false, "");
    assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
    assertThat(Browser.json(done)).isEqualTo(dry);
    assertThat(here.get(keys).statusCode()).isEqualTo(401);
    assertThat(there.get(keys).statusCode()).isEqualTo(401);
    assertThat(new Browser(api).logIn(email, PASSWORD).statusCode()).isEqualTo(401);
    assertThat(new Browser(replica).logIn(email, PASSWORD).statusCode()).isEqualTo(401);
    assertThat(trail(organization)).endsWith("person.disabled");
    assertThat(put(operator, person, true, "").statusCode()).as("stale").isEqualTo(412);

    HttpResponse<String> back = put(operator, find(email), true, "");
    assertThat(back.statusCode()).as(back.body()).isEqualTo(200);
    assertThat(loggedIn(replica, email).get(keys).statusCode()).isEqualTo(200);
    assertThat(trail(organization)).endsWith("person.enabled");
  }

  @Test
  void onlyAnOperatorShutsOutAndNobodyHimself() {
    String organization = organization();
    Browser owner = loggedIn(api, person(organization, "owner"));
    JsonNode me = find(Browser.EMAIL);
    assertThat(owner.get(PEOPLE).statusCode()).isEqualTo(403);
    assertThat(put(owner, me, false, "").statusCode()).isEqualTo(403);
    assertThat(put(operator, me, false, "").statusCode()).isEqualTo(409);
    assertThat(operator.put(PEOPLE + "/" + me.path("id").asString(), "{}").statusCode())
        .isEqualTo(428);
    assertThat(operator.put(PEOPLE + "/99999", "{\"enabled\":false}").statusCode()).isEqualTo(404);
    assertThat(operator.get("/admin/api/session").statusCode()).isEqualTo(200);
  }

  /** Both wait for the same rows: whoever is second finds that the other one is gone. */
  @Test
  void twoOperatorsWhoShutEachOtherOutLeaveOne() throws Exception {
    String email = person(true, "operator");
    Browser second = loggedIn(replica, email);
    JsonNode other = find(email);
    JsonNode me = find(Browser.EMAIL);
    try (Connection holder = database.superuser().getConnection();
        Statement sql = holder.createStatement();
        ExecutorService at = Executors.newFixedThreadPool(2)) {
      holder.setAutoCommit(false);
      sql.execute("select from api.person where operator for no key update");
      Future<HttpResponse<String>> one = at.submit(() -> put(operator, other, false, ""));
      Future<HttpResponse<String>> two = at.submit(() -> put(second, me, false, ""));
      Await.until("both wait", () -> waiting() == 2);
      holder.commit();
      assertThat(List.of(one.get().statusCode(), two.get().statusCode()))
          .containsExactlyInAnyOrder(200, 409);
    }
    assertThat(
            superuser
                .sql("select count(*) from api.person where operator and enabled")
                .query(Long.class)
                .single())
        .isEqualTo(1);
    superuser.sql("update api.person set enabled = true where operator").update();
    superuser.sql("update api.person set operator = false where email = ?").param(email).update();
  }

  private long waiting() {
    return superuser
        .sql(
            """
            select count(*) from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'\
            """)
        .query(Long.class)
        .single();
  }

  @Test
  void invitationsOfWhoeverStaysAreGood() {
    String organization = organization();
    String token = invites(person(organization, "admin"), organization, "c@one.example");
    assertThat(come("c@one.example", token)).isEqualTo(302);
    JsonNode made =
        operator
            .read("/admin/api/invitations?organization_id=" + organization)
            .at("/items/0/invited_by");
    assertThat(made.asString()).startsWith("admin-");
  }

  @Test
  void whoIsRemovedDoesNotComeBackByASecondAddress() {
    String organization = organization();
    String email = person(organization, "admin");
    String token = invites(email, organization, "removed@two.example");
    JsonNode member = member(organization, email);
    JsonNode dry =
        Browser.json(operator.delete(path(member) + "?dry_run=true", "If-Match", version(member)));
    assertThat(dry.at("/revoked_invitations/0/email").asString()).isEqualTo("removed@two.example");
    assertThat(operator.delete(path(member), "If-Match", version(member)).statusCode())
        .isEqualTo(204);
    assertThat(trail(organization)).endsWith("member.removed", "invitation.revoked");
    assertThat(come("removed@two.example", token)).isEqualTo(403);
  }

  @Test
  void whoIsMadeLessDoesNotComeBackByASecondAddress() {
    String organization = organization();
    String email = person(organization, "admin");
    String token = invites(email, organization, "less@two.example");
    JsonNode member = member(organization, email);
    HttpResponse<String> less =
        operator.put(path(member), "{\"role\":\"viewer\"}", "If-Match", version(member));
    assertThat(less.statusCode()).as(less.body()).isEqualTo(200);
    assertThat(come("less@two.example", token)).isEqualTo(403);
  }

  @Test
  void whoIsShutOutDoesNotComeBackByASecondAddress() {
    String organization = organization();
    String email = person(organization, "admin");
    String token = invites(email, organization, "out@two.example");
    JsonNode done = Browser.json(put(operator, find(email), false, ""));
    assertThat(done.at("/revoked_invitations/0/email").asString()).isEqualTo("out@two.example");
    assertThat(come("out@two.example", token)).isEqualTo(403);
    put(operator, find(email), true, "");
    assertThat(come("out@two.example", token)).as("void for good").isEqualTo(403);
  }

  /** A role of a group goes without anybody's request: the invitation is looked at when used. */
  @Test
  void invitationIsNoBetterThanWhoGaveIt() {
    String organization = organization();
    String email = person(organization, "admin");
    String token = invites(email, organization, "group@two.example");
    superuser
        .sql(
            """
            delete from api.membership where person_id =
              (select id from api.person where email = ?)\
            """)
        .param(email)
        .update();
    assertThat(come("group@two.example", token)).isEqualTo(403);
  }

  @Test
  void operatorsLooksAreInTheTenantsTrailOnceAnHour() {
    String organization = organization();
    String other = organization();
    Browser owner = loggedIn(api, person(organization, "owner"));
    Browser elsewhere = Browser.loggedIn(replica);
    String members = "/admin/api/members?organization_id=" + organization;
    String keys = "/admin/api/keys?organization_id=" + organization;
    for (Browser browser : List.of(operator, elsewhere, operator, owner)) {
      browser.read(members);
      browser.read(keys);
    }
    assertThat(looks(owner, organization))
        .containsExactly(Browser.EMAIL + " members_read", Browser.EMAIL + " keys_read");
    assertThat(trail(other)).doesNotContain("operator.looked");
    api.clock().advance(Duration.ofHours(1));
    replica.clock().set(api.clock().instant());
    Browser.loggedIn(api).read(keys);
    assertThat(looks(loggedIn(api, emailOf(organization)), organization)).hasSize(3);
    Browser.loggedIn(api).read("/admin/api/keys");
    assertThat(
            superuser
                .sql(
                    """
                    select count(*) from api.audit_event
                    where action = 'operator.looked' and organization_id is null
                      and object_id = 'keys_read'\
                    """)
                .query(Long.class)
                .single())
        .isEqualTo(1);
  }

  /** However it is asked for: whoever runs the site chooses no other trail, and no silence. */
  @Test
  void looksAreNotedInWhateverFormTheyAreAsked() {
    String other = organization();
    String others = made("projects", "{\"organization_id\":\"%s\",\"name\":\"P\"}", other);
    looked("/requests?organization_id=%s&api_key_id=x", "usage_read");
    looked("/requests?organization_id=%s&project_id=" + others, "usage_read");
    assertThat(lookedAt(other)).containsExactly("usage_read");
    looked("/keys?project_id=" + others + "&organization_id=%s", "keys_read");
    looked("/members?api_key_id=1&project_id=x&organization_id=%s", "members_read");
    looked("/limits/organization/+%s", "keys_read");
    looked("/limits/organization/%%20%s", "keys_read");
    String organization = organization();
    String digits = organization.replaceAll("([0-9])", "%3$1");
    operator.get("/admin/api/organizations/" + digits + "/credit");
    assertThat(lookedAt(organization)).containsExactly("credit_read");
    String project = made("projects", "{\"organization_id\":\"%s\",\"name\":\"P\"}", organization);
    String key = made("keys", "{\"project_id\":\"%s\",\"name\":\"k\"}", project);
    operator.get("/admin/api/limits/key/+" + key);
    assertThat(lookedAt(organization)).containsExactly("credit_read", "keys_read");
  }

  /** What names nobody, or somebody whom the route does not ask about, is a look at all. */
  @Test
  void looksAtAllAreNotedWhateverIsNamed() {
    String organization = organization();
    String project = made("projects", "{\"organization_id\":\"%s\",\"name\":\"P\"}", organization);
    for (String query :
        List.of(
            "/members?project_id=" + project,
            "/members?organization=" + organization,
            "/members?organization_id=&organization_id=" + organization,
            "/members?organization_id=99999999")) {
      long before = looksAtAll("members_read");
      api.clock().advance(Duration.ofHours(1));
      replica.clock().set(api.clock().instant());
      operator = Browser.loggedIn(api);
      operator.get("/admin/api" + query);
      assertThat(looksAtAll("members_read")).as(query).isEqualTo(before + 1);
    }
  }

  private long looksAtAll(String area) {
    return superuser
        .sql(
            """
            select count(*) from api.audit_event where action = 'operator.looked'
              and organization_id is null and object_id = ?\
            """)
        .param(area)
        .query(Long.class)
        .single();
  }

  /** Asks for a new organization's data, which may be refused, and finds that in its trail. */
  private void looked(String form, String area) {
    String organization = organization();
    operator.get("/admin/api" + form.formatted(organization));
    assertThat(lookedAt(organization)).as(form).containsExactly(area);
  }

  private List<String> lookedAt(String organization) {
    return superuser
        .sql(
            """
            select object_id from api.audit_event
            where action = 'operator.looked' and organization_id = ? order by id\
            """)
        .param(Long.valueOf(organization))
        .query(String.class)
        .list();
  }

  private String made(String what, String body, String of) {
    HttpResponse<String> made = operator.post("/admin/api/" + what, body.formatted(of));
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    JsonNode answer = Browser.json(made);
    return answer.path("key").path("id").asString(answer.path("id").asString(""));
  }

  private static List<String> looks(Browser owner, String organization) {
    return owner
        .read("/admin/api/audit?sort=at&action=operator.looked&organization_id=" + organization)
        .path("items")
        .valueStream()
        .map(row -> row.path("actor").asString() + " " + row.path("object_id").asString())
        .toList();
  }

  private String emailOf(String organization) {
    return superuser
        .sql(
            """
            select email from api.person p join api.membership m on m.person_id = p.id
            where organization_id = ?\
            """)
        .param(Long.valueOf(organization))
        .query(String.class)
        .single();
  }

  private static String path(JsonNode member) {
    return "/admin/api/members/" + member.path("id").asString();
  }

  private static String version(JsonNode object) {
    return object.path("version").asString();
  }

  private HttpResponse<String> put(Browser by, JsonNode person, boolean enabled, String query) {
    return by.put(
        PEOPLE + "/" + person.path("id").asString() + query,
        "{\"enabled\":%s}".formatted(enabled),
        "If-Match",
        version(person));
  }

  private JsonNode find(String email) {
    return operator.read(PEOPLE + "?email=" + email).at("/items/0");
  }

  private JsonNode member(String organization, String email) {
    return operator
        .read("/admin/api/members?organization_id=" + organization)
        .path("items")
        .valueStream()
        .filter(member -> member.path("email").asString().equals(email))
        .findFirst()
        .orElseThrow();
  }

  private String organization() {
    return Browser.json(
            operator.post(
                "/admin/api/organizations", "{\"name\":\"%s\"}".formatted(UUID.randomUUID())))
        .path("id")
        .asString();
  }

  /** Somebody who logs in by password; its address. */
  private String person(boolean isOperator, String name) {
    String email = name + "-" + UUID.randomUUID() + "@one.example";
    superuser
        .sql(
            """
            insert into api.person (email, password_hash, operator, created_at)
            values (?, '{noop}a long password', ?, now())\
            """)
        .params(email, isOperator)
        .update();
    return email;
  }

  private String person(String organization, String role) {
    String email = person(false, role);
    superuser
        .sql(
            """
            insert into api.membership (person_id, organization_id, role, created_at)
            select id, ?, ?, now() from api.person where email = ?\
            """)
        .params(Long.valueOf(organization), role, email)
        .update();
    return email;
  }

  private static Browser loggedIn(RunningApi at, String email) {
    var browser = new Browser(at);
    assertThat(browser.logIn(email, PASSWORD).statusCode()).isEqualTo(200);
    return browser;
  }

  private String invites(String by, String organization, String email) {
    HttpResponse<String> made =
        loggedIn(api, by)
            .post(
                "/admin/api/invitations",
                "{\"organization_id\":\"%s\",\"email\":\"%s\",\"role\":\"admin\"}"
                    .formatted(organization, email));
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    return Browser.json(made).path("token").asString();
  }

  private int come(String email, String token) {
    var browser = new Browser(api);
    Map<String, Object> claims = Map.of("email", email, "email_verified", true);
    provider.enqueueCallback(
        new DefaultOAuth2TokenCallback(ISSUER, email, "JWT", List.of("userinfo"), claims));
    String there = location(browser.get(LOGIN + "?invitation=" + token));
    URI back = URI.create(location(api.send(HttpRequest.newBuilder(URI.create(there)))));
    return browser.get(back.getPath() + "?" + back.getRawQuery()).statusCode();
  }

  private static String location(HttpResponse<String> answer) {
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
