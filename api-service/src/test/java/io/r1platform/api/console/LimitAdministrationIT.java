package io.r1platform.api.console;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** What an administrator sets as limits. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LimitAdministrationIT {
  private final TestDatabase database = TestDatabase.create();
  private final JdbcClient superuser = JdbcClient.create(database.superuser());
  private RunningApi api;
  private Browser browser;
  private String organization = "";
  private String project = "";

  @BeforeAll
  void start() {
    api = RunningApi.start(database, Map.of("r1.api.limits.project.tokens-per-minute", "9000"));
    browser = Browser.loggedIn(api);
    organization =
        Browser.json(browser.post("/admin/api/organizations", "{\"name\":\"Acme\"}"))
            .path("id")
            .asString();
    project =
        Browser.json(
                browser.post(
                    "/admin/api/projects",
                    "{\"organization_id\":\"%s\",\"name\":\"Chat\"}".formatted(organization)))
            .path("id")
            .asString();
  }

  @AfterAll
  void stop() {
    api.close();
  }

  @Test
  void whoHasNoneHasTheSitesDefaults() {
    JsonNode read = browser.read("/admin/api/limits/organization/" + organization);
    assertThat(read.path("version").asString()).isEqualTo("0");
    assertThat(read.path("has_defaults").asBoolean()).isTrue();
    assertThat(read.path("defaults").path("concurrency").asString()).isEqualTo("1000");
    assertThat(read.path("defaults").path("requests_per_minute").isNull()).isTrue();
  }

  @Test
  void aChangeIsVersionedAndAuditedBeforeAndAfter() {
    String path = "/admin/api/limits/project/" + project;
    String body =
        """
        {"limits":[{"requests_per_minute":"60"},{"model":"deepseek-reasoner","concurrency":"2"}]}\
        """;
    assertThat(browser.put(path, body).statusCode()).isEqualTo(428);
    assertThat(browser.put(path, body, "If-Match", "\"3\"").statusCode()).isEqualTo(412);
    HttpResponse<String> set = browser.put(path, body, "If-Match", "\"0\"");
    assertThat(set.statusCode()).as(set.body()).isEqualTo(200);
    assertThat(set.headers().firstValue("etag")).contains("\"1\"");
    JsonNode limits = browser.read(path).path("limits");
    assertThat(limits).hasSize(2);
    assertThat(limits.get(0).path("requests_per_minute").asString()).isEqualTo("60");
    assertThat(limits.get(0).path("tokens_per_minute").isNull()).as("no default").isTrue();
    assertThat(limits.get(1).path("model").asString()).as("by its name").isEqualTo("r1-nano");
    assertThat(browser.put(path, body, "If-Match", "\"0\"").statusCode()).isEqualTo(412);
    assertThat(browser.put(path, "{\"limits\":[]}", "If-Match", "\"1\"").statusCode())
        .isEqualTo(200);
    assertThat(audited("project", project)).containsExactly("0 > 1", "1 > 2");
  }

  @Test
  void theTrailSaysWhichNumberOfTokensWasChanged() {
    String other =
        Browser.json(browser.post("/admin/api/organizations", "{\"name\":\"Tokens\"}"))
            .path("id")
            .asString();
    String path = "/admin/api/limits/organization/" + other;
    for (String version : List.of("0", "1")) {
      String body = "{\"limits\":[{\"tokens_per_minute\":\"500%s\"}]}".formatted(version);
      assertThat(browser.put(path, body, "If-Match", version).statusCode()).isEqualTo(200);
    }
    JsonNode row =
        browser
            .read("/admin/api/audit?action=limits.changed&organization_id=" + other)
            .at("/items/0");
    assertThat(row.at("/action").asString()).isEqualTo("limits.changed");
    assertThat(row.at("/before/limits/0/tokens_per_minute").asString()).isEqualTo("5000");
    assertThat(row.at("/after/limits/0/tokens_per_minute").asString()).isEqualTo("5001");
  }

  @Test
  void whatIsWrongIsNamedAndChangesNothing() {
    String path = "/admin/api/limits/organization/" + organization;
    Map<String, String> wrong =
        Map.of(
            "[{\"requests_per_minute\":\"0\"}]", "requests_per_minute",
            "[{\"tokens_per_minute\":\"1000000001\"}]", "tokens_per_minute",
            "[{\"concurrency\":\"-1\"}]", "concurrency",
            "[{\"queue_length\":\"many\"}]", "queue_length",
            "[{\"model\":\"gpt-5\"}]", "model",
            "[{},{}]", "limits");
    wrong.forEach(
        (limits, name) -> {
          HttpResponse<String> answer =
              browser.put(path, "{\"limits\":%s}".formatted(limits), "If-Match", "0");
          assertThat(answer.statusCode()).as(limits).isEqualTo(422);
          assertThat(Browser.json(answer).get("param").asString()).isEqualTo(name);
        });
    assertThat(browser.read(path).path("version").asString()).isEqualTo("0");
    assertThat(audited("organization", organization)).isEmpty();
  }

  @Test
  void whatDoesNotExistHasNoLimits() {
    for (String path : List.of("organization/99", "project/99", "key/99", "planet/1")) {
      assertThat(browser.get("/admin/api/limits/" + path).statusCode()).as(path).isEqualTo(404);
      assertThat(
              browser
                  .put("/admin/api/limits/" + path, "{\"limits\":[]}", "If-Match", "0")
                  .statusCode())
          .as(path)
          .isEqualTo(404);
    }
  }

  private List<String> audited(String kind, String id) {
    return superuser
        .sql(
            """
            select (before->>'version') || ' > ' || (after->>'version') from api.audit_event
            where action = 'limits.changed' and object_kind = ? and object_id = ?
              and organization_id = ?::bigint order by 1""")
        .params(kind, id, organization)
        .query(String.class)
        .list();
  }
}
