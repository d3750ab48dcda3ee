package io.r1platform.api.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Await;
import io.r1platform.api.Browser;
import io.r1platform.api.RunningApi;
import io.r1platform.testing.TestDatabase;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an administrator lets keys and projects do. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(OutputCaptureExtension.class)
class KeyTermsIT {
  private final TestDatabase database = TestDatabase.create();
  private final JdbcClient superuser = JdbcClient.create(database.superuser());
  private RunningApi api;
  private Browser browser;
  private JsonNode project;

  @BeforeAll
  void start() {
    api = RunningApi.start(database, Map.of("logging.level.io.r1platform", "debug"));
    browser = Browser.loggedIn(api);
    JsonNode organization =
        Browser.json(browser.post("/admin/api/organizations", "{\"name\":\"Acme\"}"));
    project =
        Browser.json(
            browser.post(
                "/admin/api/projects",
                "{\"organization_id\":\"%s\",\"name\":\"Chat\"}"
                    .formatted(organization.get("id").asString())));
  }

  @AfterAll
  void stop() {
    api.close();
  }

  @Test
  void aKeyIsMadeWithWhatItMayDo() {
    JsonNode made =
        create(
            """
            "scopes":["usage:read","inference"],"models":["deepseek-reasoner"],
            "networks":["127.0.0.1","2001:DB8::1/32"],"expires_in_seconds":60""");
    JsonNode key = made.get("key");
    assertThat(key.get("scopes")).isEqualTo(json("[\"inference\",\"usage:read\"]"));
    assertThat(key.get("models")).as("by its name").isEqualTo(json("[\"r1-nano\"]"));
    assertThat(key.get("networks"))
        .isEqualTo(json("[\"127.0.0.1/32\",\"2001:db8:0:0:0:0:0:0/32\"]"));
    assertThat(key.get("old_until").isNull()).isTrue();
    String secret = made.get("secret").asString();
    assertThat(api.get("/v1/models/r1-nano", secret).statusCode()).isEqualTo(200);
    JsonNode plain = create("\"scopes\":null").get("key");
    assertThat(plain.get("scopes")).isEqualTo(json("[\"inference\",\"batch\",\"usage:read\"]"));
    assertThat(plain.get("models").isNull()).isTrue();
    assertThat(plain.get("networks")).isEmpty();
  }

  @Test
  void aFieldThatIsWrongIsNamed() {
    Map<String, String> wrong =
        Map.of(
            "\"scopes\":[]", "scopes",
            "\"scopes\":[\"everything\"]", "scopes",
            "\"models\":[]", "models",
            "\"models\":[\"gpt-5\"]", "models",
            "\"networks\":[\"10.1/16\"]", "networks");
    wrong.forEach(
        (fields, name) -> {
          HttpResponse<String> answer = browser.post("/admin/api/keys", newKey(fields));
          assertThat(answer.statusCode()).as(fields).isEqualTo(422);
          assertThat(Browser.json(answer).get("code").asString()).isEqualTo("invalid_value");
          assertThat(Browser.json(answer).get("param").asString()).isEqualTo(name);
        });
  }

  @Test
  void aChangeIsAuditedBeforeAndAfter() {
    JsonNode key = create("\"scopes\":[\"inference\",\"batch\"]").get("key");
    String path = "/admin/api/keys/" + key.get("id").asString();
    String body =
        "{\"name\":\"narrow\",\"expires_at\":\"2027-01-01T00:00:00Z\",\"scopes\":[\"batch\"]}";
    assertThat(browser.put(path, body).statusCode()).isEqualTo(428);
    assertThat(browser.put(path, body, "If-Match", "\"99\"").statusCode()).isEqualTo(412);
    HttpResponse<String> changed = browser.put(path, body, "If-Match", version(key));
    assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
    assertThat(Browser.json(changed).get("expires_at").asString())
        .isEqualTo("2027-01-01T00:00:00Z");
    assertThat(audited("key.changed", key))
        .containsExactly("[\"inference\", \"batch\"] test > [\"batch\"] narrow");
    String past = "{\"name\":\"x\",\"expires_at\":\"2020-01-01T00:00:00Z\"}";
    HttpResponse<String> refused =
        browser.put(path, past, "If-Match", version(Browser.json(changed)));
    assertThat(refused.statusCode()).isEqualTo(422);
    assertThat(Browser.json(refused).get("param").asString()).isEqualTo("expires_at");
  }

  @Test
  void aRotationShowsTheNewSecretOnceAndIsAudited(CapturedOutput output) {
    JsonNode made = create("\"scopes\":null");
    JsonNode key = made.get("key");
    String path = "/admin/api/keys/%s/rotate".formatted(key.get("id").asString());
    assertThat(browser.post(path, "{}").statusCode()).isEqualTo(428);
    HttpResponse<String> rotated = browser.post(path, "{}", "If-Match", version(key));
    assertThat(rotated.statusCode()).as(rotated.body()).isEqualTo(200);
    assertThat(rotated.headers().firstValue("cache-control").orElseThrow()).contains("no-store");
    JsonNode after = Browser.json(rotated);
    assertThat(after.at("/key/old_until").asString()).isEqualTo("2026-11-23T10:00:00Z");
    assertThat(after.at("/key/old_last_four").asString())
        .isEqualTo(key.get("last_four").asString());
    String fresh = after.get("secret").asString();
    Await.until("the new secret", () -> api.get("/v1/models", fresh).statusCode() == 200);
    assertThat(api.get("/v1/models", made.get("secret").asString()).statusCode()).isEqualTo(200);
    List<String> rows =
        superuser
            .sql(
                """
                select coalesce(before ->> 'old_until', '-') || ' ' || (after ->> 'old_until')
                from api.audit_event where action = 'key.rotated' and object_id = ?""")
            .param(key.get("id").asString())
            .query(String.class)
            .list();
    assertThat(rows).containsExactly("- 2026-11-23T10:00:00Z");
    for (String secret : List.of(fresh, made.get("secret").asString())) {
      String random = secret.substring(14, 46);
      assertThat(output.getAll()).doesNotContain(random);
      assertThat(browser.get("/admin/api/keys").body()).doesNotContain(random);
      for (String table : List.of("api_key", "audit_event")) {
        assertThat(
                superuser
                    .sql(
                        "select count(*) from api.%s t where strpos(t::text, ?) > 0"
                            .formatted(table))
                    .param(random)
                    .query(int.class)
                    .single())
            .isZero();
      }
    }
    String long31 = "{\"grace_seconds\":%d}".formatted(31L * 86_400);
    assertThat(browser.post(path, long31, "If-Match", version(after.get("key"))).statusCode())
        .isEqualTo(422);
  }

  @Test
  void aProjectsModelsAreSetAndAudited() {
    String path = "/admin/api/projects/%s/models".formatted(project.get("id").asString());
    assertThat(browser.put(path, "{}").statusCode()).isEqualTo(428);
    assertThat(browser.put(path, "{}", "If-Match", "\"99\"").statusCode()).isEqualTo(412);
    assertThat(browser.put("/admin/api/projects/4711/models", "{}", "If-Match", "0").statusCode())
        .isEqualTo(404);
    HttpResponse<String> set =
        browser.put(path, "{\"models\":[\"deepseek-reasoner\"]}", "If-Match", version(project));
    assertThat(set.statusCode()).as(set.body()).isEqualTo(200);
    project = Browser.json(set);
    assertThat(project.get("models")).isEqualTo(json("[\"r1-nano\"]"));
    set = browser.put(path, "{\"models\":null}", "If-Match", version(project));
    project = Browser.json(set);
    assertThat(project.get("models").isNull()).isTrue();
    assertThat(
            superuser
                .sql(
                    """
                    select (before ->> 'models') || ' > ' || coalesce(after ->> 'models', 'all')
                    from api.audit_event where action = 'project.changed'
                    order by id desc limit 1""")
                .query(String.class)
                .list())
        .containsExactly("[\"r1-nano\"] > all");
  }

  @Test
  void whatIsStoredOfAProjectIsSetAndAudited() {
    String path = "/admin/api/projects/%s/content".formatted(project.get("id").asString());
    assertThat(project.get("content_days").isNull()).as("off by default").isTrue();
    for (int days : new int[] {0, 91}) {
      HttpResponse<String> refused =
          browser.put(path, "{\"days\":%d}".formatted(days), "If-Match", version(project));
      assertThat(refused.statusCode()).isEqualTo(422);
      assertThat(Browser.json(refused).get("param").asString()).isEqualTo("days");
    }
    for (String days : List.of("90", "null")) {
      HttpResponse<String> set =
          browser.put(path, "{\"days\":" + days + "}", "If-Match", version(project));
      assertThat(set.statusCode()).as(set.body()).isEqualTo(200);
      project = Browser.json(set);
      assertThat(project.get("content_days").toString()).isEqualTo(days);
    }
    assertThat(
            superuser
                .sql(
                    """
                    select (before ->> 'content_days') || ' > '
                      || coalesce(after ->> 'content_days', 'off')
                    from api.audit_event where action = 'project.changed'
                    order by id desc limit 1""")
                .query(String.class)
                .list())
        .containsExactly("90 > off");
  }

  private List<String> audited(String action, JsonNode key) {
    return superuser
        .sql(
            """
            select (before ->> 'scopes') || ' ' || (before ->> 'name') || ' > '
              || (after ->> 'scopes') || ' ' || (after ->> 'name')
            from api.audit_event where action = ? and object_id = ?""")
        .params(action, key.get("id").asString())
        .query(String.class)
        .list();
  }

  private JsonNode create(String fields) {
    HttpResponse<String> answer = browser.post("/admin/api/keys", newKey(fields));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return Browser.json(answer);
  }

  private String newKey(String fields) {
    return "{\"project_id\":\"%s\",\"name\":\"test\",%s}"
        .formatted(project.get("id").asString(), fields);
  }

  private static String version(JsonNode item) {
    return "\"" + item.get("version").asString() + "\"";
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }
}
