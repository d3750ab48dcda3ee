package io.r1platform.api.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r1platform.api.Browser;
import io.r1platform.api.RunningApi;
import io.r1platform.api.audit.Actor;
import io.r1platform.api.audit.AuditTrail;
import io.r1platform.api.audit.Change;
import io.r1platform.testing.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.databind.JsonNode;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(OutputCaptureExtension.class)
class KeyAdministrationIT {
  private final TestDatabase database = TestDatabase.create();
  private final JdbcClient superuser = JdbcClient.create(database.superuser());
  private RunningApi api;
  private Browser browser;
  private String projectId;

  @BeforeAll
  void start() {
    api = RunningApi.start(database, Map.of("logging.level.io.r1platform", "debug"));
    browser = Browser.loggedIn(api);
    var organization = browser.post("/admin/api/organizations", "{\"name\":\"Acme\"}");
    assertThat(organization.statusCode()).as(organization.body()).isEqualTo(201);
    var project =
        browser.post(
            "/admin/api/projects",
            "{\"organization_id\":\"%s\",\"name\":\"Chat\"}"
                .formatted(Browser.json(organization).get("id").asString()));
    assertThat(project.statusCode()).as(project.body()).isEqualTo(201);
    projectId = Browser.json(project).get("id").asString();
  }

  @AfterAll
  void stop() {
    api.close();
  }

  @Test
  void aKeyWorksFromTheAnswerThatCreatesItUntilItIsRevoked() {
    JsonNode created = create("first");
    String secret = created.get("secret").asString();
    JsonNode key = created.get("key");
    assertThat(api.get("/v1/nowhere", secret).statusCode()).isEqualTo(404);
    assertThat(key.get("project").asString()).isEqualTo("Chat");
    assertThat(key.get("id").isString()).isTrue();
    assertThat(key.get("version").isString()).isTrue();
    assertThat(key.get("expires_at").isNull()).isTrue();

    String path = "/admin/api/keys/" + key.get("id").asString();
    assertThat(browser.delete(path).statusCode()).isEqualTo(428);
    assertThat(browser.delete(path, "If-Match", "\"99\"").statusCode()).isEqualTo(412);
    assertThat(browser.delete(path, "If-Match", "nonsense").statusCode()).isEqualTo(400);
    var revoked = browser.delete(path, "If-Match", "\"" + key.get("version").asString() + "\"");
    assertThat(revoked.statusCode()).isEqualTo(200);
    assertThat(Browser.json(revoked).get("revoked_at").asString())
        .isEqualTo(RunningApi.START.toString());
    assertThat(revoked.headers().firstValue("etag"))
        .contains("\"" + Browser.json(revoked).get("version").asString() + "\"");
    assertThat(browser.delete("/admin/api/keys/4711", "If-Match", "\"0\"").statusCode())
        .isEqualTo(404);
  }

  @Test
  void theSecretIsNowhereButInThatAnswer(CapturedOutput output) {
    JsonNode created = create("secret");
    String secret = created.get("secret").asString();
    String random = secret.substring(14, 46);
    api.get("/v1/nowhere", secret);
    String path = "/admin/api/keys/" + created.at("/key/id").asString();
    var revoked =
        browser.delete(path, "If-Match", "\"" + created.at("/key/version").asString() + "\"");
    assertThat(revoked.body()).doesNotContain(random);
    assertThat(browser.get("/admin/api/keys").body()).doesNotContain(random);
    assertThat(output.getAll()).doesNotContain(random).doesNotContain(Browser.PASSWORD);
    List<String> tables =
        superuser
            .sql("select tablename from pg_tables where schemaname = 'api'")
            .query(String.class)
            .list();
    assertThat(tables).contains("api_key", "audit_event", "person_session");
    for (String table : tables) {
      for (String hidden : List.of(random, Browser.PASSWORD)) {
        assertThat(
                superuser
                    .sql(
                        "select count(*) from api.%s t where strpos(t::text, ?) > 0"
                            .formatted(table))
                    .param(hidden)
                    .query(int.class)
                    .single())
            .as(table)
            .isZero();
      }
    }
  }

  @Test
  void everyChangeLeavesItsAuditRow() {
    JsonNode key = create("audited").get("key");
    String id = key.get("id").asString();
    var revoked =
        browser.delete("/admin/api/keys/" + id, "If-Match", key.get("version").asString());
    assertThat(
            superuser
                .sql(
                    """
                    select actor || ' ' || action || ' ' || (before is null) || ' '
                      || (after ->> 'name') || ' ' || (after -> 'revoked_at' = 'null')
                    from api.audit_event where object_kind = 'key' and object_id = ? order by id""")
                .param(id)
                .query(String.class)
                .list())
        .containsExactly(
            "operator@localhost key.created true audited true",
            "operator@localhost key.revoked false audited false");
    assertThat(
            superuser
                .sql("select request_id::text from api.audit_event order by id desc limit 1")
                .query(String.class)
                .single())
        .isEqualTo(revoked.headers().firstValue("x-request-id").orElseThrow());
  }

  @Test
  void noAuditRowNoChange() {
    superuser.sql("revoke insert on api.audit_event from r1_api").update();
    try {
      assertThat(browser.post("/admin/api/keys", newKey("unaudited")).statusCode()).isEqualTo(500);
      assertThat(browser.get("/admin/api/keys").body()).doesNotContain("unaudited");
    } finally {
      superuser.sql("grant insert on api.audit_event to r1_api").update();
    }
  }

  @Test
  void secretsInTheTrailAreMaskedHoweverDeep() {
    var actor = new Actor("test", "here", UUID.randomUUID());
    Object after =
        Map.of(
            "name", "visible",
            "deep", List.of(Map.of("apiSecret", "hidden-1", "csrfToken", Map.of("x", "hidden-2"))),
            "passwordHash", "hidden-3");
    AuditTrail trail = api.bean(AuditTrail.class);
    api.bean(TransactionOperations.class)
        .executeWithoutResult(
            status -> trail.record(actor, new Change("test.done", "test", "1", null, null, after)));
    assertThat(
            superuser
                .sql("select after::text from api.audit_event where action = 'test.done'")
                .query(String.class)
                .single())
        .contains("visible", "***")
        .doesNotContain("hidden");
    assertThatThrownBy(
            () -> trail.record(actor, new Change("test.done", "test", "1", null, null, null)))
        .isInstanceOf(IllegalTransactionStateException.class);
  }

  @Test
  void theTrailCannotBeRewritten() {
    JdbcClient service = JdbcClient.create(database.dataSource("r1_api"));
    for (String sql :
        List.of("delete from audit_event", "update audit_event set actor = 'nobody'")) {
      assertThatThrownBy(() -> service.sql(sql).update())
          .rootCause()
          .hasMessageContaining("permission denied");
    }
  }

  @Test
  void pagesGoThroughAllKeysOnceNewestFirst() {
    for (int i = 0; i < 7; i++) {
      create("paged " + i);
    }
    List<String> seen = new ArrayList<>();
    String after = "";
    do {
      JsonNode page =
          browser.read("/admin/api/keys?limit=3&project_id=" + projectId + "&after=" + after);
      page.get("items").forEach(item -> seen.add(item.get("id").asString()));
      after = page.get("next").asString();
    } while (!after.isEmpty());
    assertThat(seen).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(7);
    assertThat(seen)
        .isSortedAccordingTo(
            java.util.Comparator.<String>comparingLong(Long::parseLong).reversed());
    assertThat(browser.read("/admin/api/keys?project_id=999").get("items")).isEmpty();
    assertThat(browser.get("/admin/api/keys?limit=0").statusCode()).isEqualTo(422);
  }

  @Test
  void aBadKeyIsRefusedWithTheFieldThatIsWrong() {
    assertProblem("{\"name\":\"x\"}", 400, "missing_parameter", "project_id");
    assertProblem("{\"project_id\":\"%s\"}".formatted(projectId), 400, "missing_parameter", "name");
    assertProblem("{\"project_id\":\"77\",\"name\":\"x\"}", 422, "invalid_value", "project_id");
    assertProblem("{\"project_id\":\"x\",\"name\":\"x\"}", 400, "invalid_type", "project_id");
    assertProblem(
        "{\"project_id\":\"%s\",\"name\":\"x\",\"expires_in_seconds\":0}".formatted(projectId),
        422,
        "invalid_value",
        "expires_in_seconds");
    assertProblem(
        "{\"project_id\":\"%s\",\"name\":\"%s\"}".formatted(projectId, "n".repeat(101)),
        422,
        "invalid_value",
        "name");
  }

  @Test
  void anOrganizationHasTheWeightOfItsPlan() {
    var heavy = browser.post("/admin/api/organizations", "{\"name\":\"Heavy\",\"weight\":4}");
    assertThat(heavy.statusCode()).as(heavy.body()).isEqualTo(201);
    assertThat(Browser.json(heavy).get("weight").asInt()).isEqualTo(4);
    assertThat(browser.read("/admin/api/organizations").at("/items/0/weight").asInt()).isEqualTo(1);
    var tooHeavy = browser.post("/admin/api/organizations", "{\"name\":\"X\",\"weight\":101}");
    assertThat(tooHeavy.statusCode()).isEqualTo(422);
    assertThat(Browser.json(tooHeavy).get("code").asString()).isEqualTo("invalid_value");
  }

  @Test
  void aWeightIsChangedByWhoHasSeenIt() {
    JsonNode made = Browser.json(browser.post("/admin/api/organizations", "{\"name\":\"Light\"}"));
    String path = "/admin/api/organizations/" + made.get("id").asString();
    String version = made.get("version").asString();
    assertThat(browser.patch(path, "{\"weight\":9}").statusCode()).isEqualTo(428);
    assertThat(browser.patch(path, "{\"weight\":9}", "If-Match", "\"7\"").statusCode())
        .isEqualTo(412);
    assertThat(browser.patch(path, "{\"weight\":0}", "If-Match", version).statusCode())
        .isEqualTo(422);
    assertThat(browser.patch(path, "{}", "If-Match", version).statusCode()).isEqualTo(400);
    assertThat(browser.patch("/admin/api/organizations/4711", "{\"weight\":9}", "If-Match", "0"))
        .matches(answer -> answer.statusCode() == 404);
    var changed = browser.patch(path, "{\"weight\":9}", "If-Match", version);
    assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
    assertThat(Browser.json(changed).get("weight").asInt()).isEqualTo(9);
    assertThat(changed.headers().firstValue("etag"))
        .contains("\"" + Browser.json(changed).get("version").asString() + "\"");
    assertThat(
            superuser
                .sql(
                    """
                    select (before ->> 'weight') || ' ' || (after ->> 'weight')
                    from api.audit_event where action = 'organization.weight_changed'
                      and object_id = ?""")
                .param(made.get("id").asString())
                .query(String.class)
                .list())
        .containsExactly("1 9");
  }

  @Test
  void namesOfTenantsAreUnique() {
    var again = browser.post("/admin/api/organizations", "{\"name\":\" ACME \"}");
    assertThat(again.statusCode()).isEqualTo(409);
    assertThat(Browser.json(again).get("code").asString()).isEqualTo("invalid_state");
    String organization =
        browser.read("/admin/api/projects").at("/items/0/organization_id").asString();
    var project =
        browser.post(
            "/admin/api/projects",
            "{\"organization_id\":\"%s\",\"name\":\"chat\"}".formatted(organization));
    assertThat(project.statusCode()).isEqualTo(409);
    assertThat(
            browser
                .post("/admin/api/projects", "{\"organization_id\":\"999\",\"name\":\"x\"}")
                .statusCode())
        .isEqualTo(422);
  }

  private JsonNode create(String name) {
    var answer = browser.post("/admin/api/keys", newKey(name));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    assertThat(answer.headers().firstValue("cache-control").orElseThrow()).contains("no-store");
    return Browser.json(answer);
  }

  private String newKey(String name) {
    return "{\"project_id\":\"%s\",\"name\":\"%s\"}".formatted(projectId, name);
  }

  private void assertProblem(String body, int status, String code, String param) {
    var answer = browser.post("/admin/api/keys", body);
    assertThat(answer.statusCode()).as(body).isEqualTo(status);
    assertThat(Browser.json(answer).get("code").asString()).isEqualTo(code);
    assertThat(Browser.json(answer).get("param").asString()).isEqualTo(param);
  }
}
