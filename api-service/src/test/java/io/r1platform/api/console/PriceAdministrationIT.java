package io.r1platform.api.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Browser;
import io.r1platform.api.RunningApi;
import io.r1platform.testing.TestDatabase;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PriceAdministrationIT {
  private final TestDatabase database = TestDatabase.create();
  private final FakeReports billing = new FakeReports();
  private final JdbcClient sql = JdbcClient.create(database.superuser());
  private RunningApi api;
  private Browser browser;

  @BeforeAll
  void start() {
    api = RunningApi.start(database, Map.of("r1.api.billing.url", billing.url()));
    browser = Browser.loggedIn(api);
  }

  @AfterAll
  void stop() {
    api.close();
    billing.close();
  }

  @Test
  void everyChangeIsAuditedBeforeBillingIsAsked() {
    billing.say("/internal/v1/prices/drafts/12/publish", 200, "{\"version\": {\"revision\": 3}}");
    var answer = browser.post("/admin/api/prices/drafts/12/publish", "{\"revision\": 3}");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains("\"revision\":3");
    assertThat(audited("price_version.published.ordered", "12")).isEqualTo(1);
    assertThat(audited("price_version.published", "12")).isEqualTo(1);

    var away = browser.post("/admin/api/prices/drafts/12/discard", "{}");
    assertThat(away.statusCode()).as("billing knows of no such route here").isEqualTo(404);
    assertThat(audited("price_draft.discarded.ordered", "12")).isEqualTo(1);
    assertThat(audited("price_draft.discarded", "12")).as("it was not done").isZero();
  }

  @Test
  void whatBillingRefusesIsToldInItsWords() {
    billing.say(
        "/internal/v1/prices/drafts/13/publish",
        422,
        "{\"code\": \"prices_refused\", \"detail\": \"It has no price.\"}");
    var refused = browser.post("/admin/api/prices/drafts/13/publish", "{\"revision\": 1}");
    assertThat(refused.statusCode()).isEqualTo(422);
    assertThat(refused.body()).contains("It has no price.");
    assertThat(audited("price_version.published", "13")).as("it was refused").isZero();
    billing.say("/internal/v1/prices/drafts/14", 409, "{\"detail\": \"It was edited since.\"}");
    var stale = browser.post("/admin/api/prices/drafts/14", "{\"revision\": 1}");
    assertThat(stale.statusCode()).isEqualTo(409);
    assertThat(stale.body()).contains("It was edited since.");
  }

  @Test
  void idsAndNamesAreCheckedBeforeTheyBecomeAPath() {
    assertThat(browser.get("/admin/api/prices/versions/1%2F..%2Fx").statusCode())
        .isIn(400, 404, 422);
    assertThat(browser.get("/admin/api/prices/calendars/a%20b").statusCode()).isIn(400, 404, 422);
    assertThat(browser.post("/admin/api/prices/drafts", "{}").statusCode()).isEqualTo(400);
    assertThat(billing.asked()).noneMatch(path -> path.contains("calendars/a"));
  }

  private long audited(String action, String version) {
    return sql.sql("select count(*) from api.audit_event where action = ? and object_id = ?")
        .params(action, version)
        .query(Long.class)
        .single();
  }
}
