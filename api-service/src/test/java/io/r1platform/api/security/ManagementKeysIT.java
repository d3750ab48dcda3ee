package io.r1platform.api.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Await;
import io.r1platform.api.Browser;
import io.r1platform.api.RunningApi;
import io.r1platform.api.tenants.Tenants;
import io.r1platform.testing.TestDatabase;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.http.HttpMethod;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Keys that manage: an admin of their organization, who runs nothing and makes no other. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ManagementKeysIT {
  private static final String KEYS = "/admin/api/keys";
  private static final String PROJECTS = "/admin/api/projects";
  private static final String CHAT =
      "{\"model\":\"r1-nano\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

  private final TestDatabase database = TestDatabase.create();
  private final JdbcClient superuser = JdbcClient.create(database.superuser());
  private final Map<String, Browser> people = new HashMap<>();
  private RunningApi api;
  private Browser admin;
  private String organization;
  private String project;
  private String foreign;

  @BeforeAll
  void start() {
    api = RunningApi.start(database, Map.of());
    Tenants tenants = api.bean(Tenants.class);
    long own = tenants.createOrganization("Own").id();
    organization = Long.toString(own);
    project = Long.toString(tenants.createProject(own, "Chat").id());
    foreign = Long.toString(tenants.createOrganization("Foreign").id());
    tenants.createProject(Long.parseLong(foreign), "Theirs");
    admin = loggedInAs("admin", null);
  }

  @AfterAll
  void stop() {
    api.close();
  }

  @Test
  void readsWhatAnAdminReadsAndChangesNothing() {
    String key = secret(admin, "admin:read");
    HttpResponse<String> projects = call("GET", PROJECTS, key, "");
    assertThat(projects.statusCode()).as(projects.body()).isEqualTo(200);
    assertThat(projects.body()).contains("\"Chat\"").doesNotContain("Theirs");
    assertThat(call("GET", PROJECTS + "?organization_id=" + foreign, key, "").body())
        .doesNotContain("Theirs");
    assertThat(call("GET", "/admin/api/members?organization_id=" + organization, key, ""))
        .satisfies(members -> assertThat(members.statusCode()).isEqualTo(200));
    assertThat(call("GET", "/admin/api/people", key, "").statusCode()).isEqualTo(403);
    for (AdminRoutes.Entry route : AdminRoutes.TABLE) {
      if (!List.of(HttpMethod.GET, HttpMethod.HEAD).contains(route.method())) {
        String path = route.path().getPatternString().replaceAll("\\{[^}]*}", "1");
        HttpResponse<String> refused = call(route.method().name(), path, key, "{}");
        assertThat(refused.statusCode()).as("%s %s", route.method(), path).isEqualTo(403);
        assertThat(refused.body()).contains("scope_missing");
      }
    }
  }

  @Test
  void changesWhatAnAdminMayAndIsNamedInTheTrail() {
    String key = secret(admin, "admin:write");
    String body = "{\"organization_id\":\"%s\",\"name\":\"By a key\"}";
    HttpResponse<String> made = call("POST", PROJECTS, key, body.formatted(organization));
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    assertThat(call("POST", PROJECTS, key, body.formatted(foreign)).statusCode()).isIn(403, 404);
    assertThat(call("POST", "/admin/api/organizations", key, "{\"name\":\"X\"}").statusCode())
        .isEqualTo(403);
    assertThat(
            superuser
                .sql("select actor from api.audit_event where action = 'project.created'")
                .query(String.class)
                .list())
        .contains("key " + key.substring(0, 14));
  }

  /** Else whoever had a key stays after its revocation. */
  @Test
  void invitesNobodyAndGivesNoRolesButTakesThem() {
    String key = secret(admin, "admin:write");
    loggedInAs("viewer", null);
    JsonNode viewer = member(key, "viewer");
    String path = "/admin/api/members/" + viewer.path("id").asString();
    String invitation =
        "{\"organization_id\":\"%s\",\"email\":\"back@one.example\",\"role\":\"viewer\"}"
            .formatted(organization);
    for (HttpResponse<String> refused :
        List.of(
            call("POST", "/admin/api/invitations", key, invitation),
            call("POST", "/admin/api/invitations?dry_run=true", key, invitation),
            call("PUT", path, key, "{\"role\":\"admin\"}", ifMatch(viewer)))) {
      assertThat(refused.statusCode()).as(refused.body()).isEqualTo(403);
      assertThat(refused.body()).contains("Management keys invite nobody").doesNotContain("token");
    }
    assertThat(superuser.sql("select count(*) from api.invitation").query(Long.class).single())
        .isZero();
    assertThat(member(key, "viewer").path("version")).isEqualTo(viewer.path("version"));
    assertThat(call("DELETE", path, key, "", ifMatch(viewer)).statusCode()).isEqualTo(204);
    assertThat(admin.post("/admin/api/invitations", invitation).statusCode()).isEqualTo(201);
  }

  private JsonNode member(String key, String role) {
    String path = "/admin/api/members?organization_id=" + organization;
    for (JsonNode member : Browser.json(call("GET", path, key, "")).path("items")) {
      if (member.path("role").asString().equals(role)) {
        return member;
      }
    }
    throw new AssertionError("no " + role);
  }

  @Test
  void runsNothing() {
    String key = secret(admin, "admin:read", "admin:write");
    for (String path : List.of("/v1/chat/completions", "/v1/batches", "/v1/files")) {
      HttpResponse<String> refused = call("POST", path, key, CHAT);
      assertThat(refused.statusCode()).as(path).isEqualTo(403);
      assertThat(refused.body()).as(path).contains("scope_missing");
    }
    HttpResponse<String> mixed = create(admin, "admin:read", "inference");
    assertThat(mixed.statusCode()).isEqualTo(422);
    assertThat(mixed.body()).contains("admin:read and admin:write");
  }

  @Test
  void aKeyThatRunsManagesNothing() {
    String key = secret(admin, "inference", "batch", "usage:read");
    HttpResponse<String> refused = call("GET", PROJECTS, key, "");
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains("scope_missing", "admin:read");
  }

  /** Else whoever may make keys of a project would be an admin of the organization. */
  @Test
  void onlyAnAdminWhoHasLoggedInGivesOne() {
    for (Browser lesser :
        List.of(
            loggedInAs("developer", null),
            loggedInAs("admin", project),
            loggedInAs("developer", project))) {
      assertThat(create(lesser, "admin:read").statusCode()).isEqualTo(403);
      JsonNode managing = Browser.json(create(admin, "admin:write")).path("key");
      assertThat(rotate(lesser, managing).statusCode()).isEqualTo(403);
      assertThat(change(lesser, managing, "inference").statusCode()).isEqualTo(403);
      JsonNode running = Browser.json(create(lesser, "inference")).path("key");
      assertThat(change(lesser, running, "admin:write").statusCode()).isEqualTo(403);
      assertThat(change(admin, running, "admin:write").statusCode()).isEqualTo(200);
    }
    String key = secret(admin, "admin:write");
    assertThat(next(key, "admin:write")).isEqualTo(403);
    assertThat(next(key, "inference")).isEqualTo(201);
    assertThat(create(Browser.loggedIn(api), "admin:read").statusCode()).isEqualTo(201);
  }

  /** Invoices are of all projects: not for whoever makes keys of one, nor by way of a key. */
  @Test
  void onlyWhoReadsInvoicesGivesAKeyThatDoes() {
    for (Browser lesser :
        List.of(
            loggedInAs("developer", null),
            loggedInAs("admin", project),
            loggedInAs("developer", project))) {
      HttpResponse<String> refused = create(lesser, "usage:read", "invoices:read");
      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(refused.body()).contains("invoices:read");
      JsonNode reading = Browser.json(create(admin, "invoices:read")).path("key");
      assertThat(rotate(lesser, reading).statusCode()).isEqualTo(403);
      assertThat(change(lesser, reading, "invoices:read").statusCode()).isEqualTo(403);
      assertThat(change(lesser, reading, "usage:read").statusCode()).isEqualTo(403);
      JsonNode usual = Browser.json(create(lesser, "usage:read")).path("key");
      assertThat(change(lesser, usual, "invoices:read").statusCode()).isEqualTo(403);
      assertThat(change(admin, usual, "invoices:read").statusCode()).isEqualTo(200);
      String path = KEYS + "/" + reading.path("id").asString();
      assertThat(lesser.delete(path, ifMatch(reading)).statusCode()).as("ends it").isEqualTo(200);
    }
    assertThat(create(loggedInAs("finance", null), "invoices:read").statusCode()).isEqualTo(403);
    assertThat(create(admin, "invoices:read", "admin:read").statusCode()).isEqualTo(422);
    assertThat(next(secret(admin, "admin:write"), "invoices:read")).isEqualTo(201);
    for (String scope : List.of("admin:read", "invoices:read", "usage:read")) {
      assertThat(next(secret(admin, scope), "invoices:read")).as(scope).isEqualTo(403);
    }
    JsonNode made = Browser.json(admin.post(KEYS, newKey("")));
    assertThat(made.at("/key/scopes").toString()).as("unless told").doesNotContain("invoices");
  }

  @Test
  void aKeyThatIsNotGoodIsRefusedWhateverSessionComesWithIt() {
    JsonNode made = Browser.json(create(admin, "admin:write"));
    String key = made.path("secret").asString();
    assertThat(call("GET", PROJECTS, key, "").statusCode()).isEqualTo(200);
    String path = KEYS + "/" + made.at("/key/id").asString();
    String version = "\"" + made.at("/key/version").asString() + "\"";
    assertThat(admin.delete(path, "If-Match", version).statusCode()).isEqualTo(200);
    Await.until("it is refused", () -> call("GET", PROJECTS, key, "").statusCode() == 401);
    HttpRequest.Builder withSession =
        HttpRequest.newBuilder(api.uri(PROJECTS))
            .header("Authorization", "Bearer " + key)
            .header("Cookie", admin.cookie().orElseThrow());
    HttpResponse<String> refused = api.send(withSession);
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.headers().firstValue("www-authenticate")).contains("Bearer");
    assertThat(refused.body()).contains("key_revoked").doesNotContain(key);
    assertThat(call("GET", PROJECTS, "sk-r1-nonsense", "").statusCode()).isEqualTo(401);
  }

  private String secret(Browser by, String... scopes) {
    HttpResponse<String> made = create(by, scopes);
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    return Browser.json(made).path("secret").asString();
  }

  private HttpResponse<String> create(Browser by, String... scopes) {
    String wanted = ",\"scopes\":[\"%s\"]".formatted(String.join("\",\"", scopes));
    return by.post(KEYS, newKey(wanted));
  }

  private String newKey(String fields) {
    return "{\"project_id\":\"%s\",\"name\":\"a key\"%s}".formatted(project, fields);
  }

  /** What comes of it when a key makes another one. */
  private int next(String key, String scope) {
    return call(
            "POST",
            KEYS,
            key,
            "{\"project_id\":\"%s\",\"name\":\"next\",\"scopes\":[\"%s\"]}"
                .formatted(project, scope))
        .statusCode();
  }

  private static HttpResponse<String> rotate(Browser by, JsonNode key) {
    return by.post(KEYS + "/" + key.path("id").asString() + "/rotate", "{}", ifMatch(key));
  }

  private static HttpResponse<String> change(Browser by, JsonNode key, String scope) {
    return by.put(
        KEYS + "/" + key.path("id").asString(),
        "{\"name\":\"changed\",\"scopes\":[\"%s\"]}".formatted(scope),
        ifMatch(key));
  }

  private static String[] ifMatch(JsonNode key) {
    return new String[] {"If-Match", "\"" + key.path("version").asString() + "\""};
  }

  private HttpResponse<String> call(
      String method, String path, String key, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(api.uri(path))
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body));
    return api.send(headers.length == 0 ? request : request.headers(headers));
  }

  private Browser loggedInAs(String role, @Nullable String ofProject) {
    return people.computeIfAbsent(role + "-" + ofProject, who -> loggedIn(role, ofProject));
  }

  private Browser loggedIn(String role, @Nullable String ofProject) {
    String email = "%s-%s@one.example".formatted(role, ofProject);
    superuser
        .sql(
            """
            with p as (
              insert into api.person (email, password_hash, operator, created_at)
              values (:email, '{noop}a long password', false, now()) returning id)
            insert into api.membership (person_id, organization_id, project_id, role, created_at)
            select id, :organization, :project::bigint, :role, now() from p\
            """)
        .param("email", email)
        .param("organization", Long.valueOf(organization))
        .param("project", ofProject)
        .param("role", role)
        .update();
    var browser = new Browser(api);
    assertThat(browser.logIn(email, "a long password").statusCode()).isEqualTo(200);
    return browser;
  }
}
