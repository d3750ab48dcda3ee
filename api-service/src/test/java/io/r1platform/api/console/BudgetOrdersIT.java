package io.r1platform.api.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Browser;
import io.r1platform.api.RunningApi;
import io.r1platform.testing.TestDatabase;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BudgetOrdersIT {
  private static final String COMMAND = "\"command_id\":\"0198e0c6-0000-7000-8000-000000000001\"";

  private final TestDatabase database = TestDatabase.create();
  private final FakeReports billing = new FakeReports();
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

  @BeforeEach
  void forget() {
    billing.forget();
  }

  @Test
  void anOrderIsInTheTrailBeforeAndAfterBillingCarriedItOut() {
    String own = made("/admin/api/organizations", "{\"name\":\"Trail\"}");
    billing.say(
        "/internal/v1/budgets",
        200,
        "{\"budget_id\":\"31\",\"organization\":\"%s\"}".formatted(own));
    var answer =
        browser.post(
            "/admin/api/budgets",
            "{%s,\"organization\":\"%s\",\"limit\":\"5\"}".formatted(COMMAND, own));
    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(Browser.json(answer).path("budget_id").asString()).isEqualTo("31");
    assertThat(trail("budget.created%"))
        .contains(
            "budget.created.ordered 0198e0c6-0000-7000-8000-000000000001 " + own,
            "budget.created 31 " + own);
  }

  @Test
  void aBudgetIsOnlyForAProjectOrKeyOfItsOrganization() {
    billing.say("/internal/v1/budgets", 200, "{\"budget_id\":\"31\"}");
    String acme = made("/admin/api/organizations", "{\"name\":\"Acme\"}");
    String other = made("/admin/api/organizations", "{\"name\":\"Other\"}");
    String project =
        made("/admin/api/projects", "{\"organization_id\":\"%s\",\"name\":\"A\"}".formatted(acme));
    String key =
        made("/admin/api/keys", "{\"project_id\":\"%s\",\"name\":\"k\"}".formatted(project));
    assertThat(budget(acme, "PROJECT", project)).isEqualTo(201);
    assertThat(budget(acme, "KEY", key)).isEqualTo(201);
    int ordered = billing.bodies().size();
    assertThat(budget(other, "PROJECT", project)).isEqualTo(422);
    assertThat(budget(other, "KEY", key)).isEqualTo(422);
    assertThat(budget(acme, "KEY", "999999")).isEqualTo(422);
    assertThat(budget(acme, "PROJECT", "")).isEqualTo(400);
    assertThat(billing.bodies()).hasSize(ordered);
  }

  @Test
  void nothingIsOrderedForAnOrganizationThatDoesNotExist() {
    String credit = "/internal/v1/organizations/999999/credit";
    billing.say(credit, 200, "{}");
    billing.say(credit + "/top-ups", 200, "{}");
    billing.say("/internal/v1/budgets", 200, "{\"budget_id\":\"31\"}");
    String path = "/admin/api/organizations/999999/credit";
    int before = billing.bodies().size();
    String topUp = "{%s,\"amount\":\"5\"}".formatted(COMMAND);
    assertThat(browser.post(path + "/top-ups", topUp).statusCode()).isEqualTo(404);
    assertThat(browser.get(path).statusCode()).isEqualTo(404);
    assertThat(budget("999999", "ORGANIZATION", "999999")).isEqualTo(422);
    assertThat(billing.bodies()).hasSize(before);
  }

  /** The second would be refused by billing, which did the first: that must not free the key. */
  @Test
  void oneOfTwoAtOnceIsOrderedAndBothHearItsAnswer() throws Exception {
    String own = made("/admin/api/organizations", "{\"name\":\"Twice\"}");
    var orders = new AtomicInteger();
    var second = new CountDownLatch(1);
    billing.answer(
        "/internal/v1/budgets",
        exchange -> {
          if (orders.incrementAndGet() > 1) {
            second.countDown();
            FakeReports.send(exchange, 409, "{\"detail\":\"It is done.\"}");
            return;
          }
          try {
            var _ = second.await(1, TimeUnit.SECONDS); // nobody comes, where it is exact
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          FakeReports.send(
              exchange, 200, "{\"budget_id\":\"31\",\"organization\":\"%s\"}".formatted(own));
        });
    String order = "{%s,\"organization\":\"%s\",\"limit\":\"5\"}".formatted(COMMAND, own);
    var barrier = new CyclicBarrier(2);
    Callable<HttpResponse<String>> sends =
        () -> {
          barrier.await();
          return browser.post("/admin/api/budgets", order, "Idempotency-Key", "twice");
        };
    try (var threads = Executors.newFixedThreadPool(2)) {
      for (Future<HttpResponse<String>> one : threads.invokeAll(List.of(sends, sends))) {
        assertThat(one.get().statusCode()).as(one.get().body()).isEqualTo(201);
        assertThat(one.get().body()).contains("\"budget_id\":\"31\"");
      }
    }
    var again = browser.post("/admin/api/budgets", order, "Idempotency-Key", "twice");
    assertThat(again.headers().firstValue("x-r1-replayed")).contains("true");
    assertThat(orders).hasValue(1);
  }

  private String made(String path, String body) {
    var answer = browser.post(path, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    JsonNode made = Browser.json(answer);
    return made.path("key").path("id").asString(made.path("id").asString());
  }

  private int budget(String organization, String scope, String scopeId) {
    return browser
        .post(
            "/admin/api/budgets",
            "{%s,\"organization\":\"%s\",\"scope\":\"%s\",\"scope_id\":\"%s\",\"limit\":\"5\"}"
                .formatted(COMMAND, organization, scope, scopeId))
        .statusCode();
  }

  @Test
  void aSecretReachesTheOperatorButNotTheTrail() {
    billing.say(
        "/internal/v1/webhook-targets", 200, "{\"target_id\":\"4\",\"secret\":\"whsec_abcdef\"}");
    var answer =
        browser.post(
            "/admin/api/budgets/targets", "{%s,\"url\":\"https://x.example/\"}".formatted(COMMAND));
    assertThat(Browser.json(answer).path("secret").asString()).isEqualTo("whsec_abcdef");
    String written =
        JdbcClient.create(database.superuser())
            .sql("select string_agg(after::text, '') from api.audit_event")
            .query(String.class)
            .single();
    assertThat(written).doesNotContain("abcdef");
  }

  @Test
  void aTopUpSaysWhichOperatorOrderedIt() {
    String own = made("/admin/api/organizations", "{\"name\":\"Buyer\"}");
    billing.say(
        "/internal/v1/organizations/%s/credit/top-ups".formatted(own),
        200,
        "{\"organization\":\"%s\",\"limit\":\"5\"}".formatted(own));
    var answer =
        browser.post(
            "/admin/api/organizations/%s/credit/top-ups".formatted(own),
            "{%s,\"amount\":\"5\",\"actor\":\"somebody else\"}".formatted(COMMAND));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(billing.bodies().getLast())
        .contains("\"actor\":\"" + Browser.EMAIL)
        .doesNotContain("somebody else");
    assertThat(trail("credit.topped_up%"))
        .containsExactly(
            "credit.topped_up.ordered 0198e0c6-0000-7000-8000-000000000001 " + own,
            "credit.topped_up %s %s".formatted(own, own));
    assertThat(browser.post("/admin/api/organizations/x/credit/top-ups", "{}").statusCode())
        .isEqualTo(400);
  }

  @Test
  void whatBillingRefusesIsSaid() {
    refuse(400, "{\"code\":\"invalid_request\",\"detail\":\"No.\"}");
    var refused = browser.post("/admin/api/budgets/5", "{%s}".formatted(COMMAND));
    assertThat(refused.statusCode()).isEqualTo(422);
    assertThat(refused.body()).contains("No.");
    refuse(409, "{\"code\":\"command_conflict\"}");
    assertThat(browser.post("/admin/api/budgets/5", "{%s}".formatted(COMMAND)).statusCode())
        .isEqualTo(409);
    refuse(503, "{}");
    assertThat(browser.post("/admin/api/budgets/5", "{%s}".formatted(COMMAND)).statusCode())
        .isEqualTo(502);
    assertThat(browser.post("/admin/api/budgets/6/close", "{%s}".formatted(COMMAND)).statusCode())
        .isEqualTo(404);
    assertThat(browser.post("/admin/api/budgets/5", "{}").statusCode()).isEqualTo(400);
    assertThat(trail("budget.changed")).isEmpty();
    assertThat(trail("budget.changed.ordered")).hasSize(3);
  }

  /** Refuses changes of a budget that can be read. */
  private void refuse(int status, String problem) {
    billing.answer(
        "/internal/v1/budgets/5",
        exchange -> {
          boolean isRead = exchange.getRequestMethod().equals("GET");
          String budget = "{\"budget_id\":\"5\",\"organization\":\"1\"}";
          FakeReports.send(exchange, isRead ? 200 : status, isRead ? budget : problem);
        });
  }

  private List<String> trail(String action) {
    return JdbcClient.create(database.superuser())
        .sql(
            """
            select action || ' ' || object_id || coalesce(' ' || organization_id, '')
            from api.audit_event where action like ? order by 1 desc
            """)
        .param(action)
        .query(String.class)
        .list();
  }
}
