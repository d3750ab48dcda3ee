package io.r1platform.api.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Browser;
import io.r1platform.api.RunningApi;
import io.r1platform.testing.TestDatabase;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** What holds of changes by the admin API whatever they change: repeats, dry runs, and pages. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdminChangesIT {
  private static final String KEY = "Idempotency-Key";
  private static final String BUDGET = "/internal/v1/budgets/31";

  private final TestDatabase database = TestDatabase.create();
  private final FakeReports billing = new FakeReports();
  private final JdbcClient superuser = JdbcClient.create(database.superuser());
  private RunningApi api;
  private Browser operator;
  private String organization;
  private String project;

  @BeforeAll
  void start() {
    api = RunningApi.start(database, Map.of("r1.api.billing.url", billing.url()));
    operator = Browser.loggedIn(api);
    organization = made("/admin/api/organizations", "{\"name\":\"Acme\"}");
    project =
        made(
            "/admin/api/projects",
            "{\"organization_id\":\"%s\",\"name\":\"Chat\"}".formatted(organization));
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

  private String made(String path, String body) {
    var answer = operator.post(path, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return Browser.json(answer).get("id").asString();
  }

  private String newKey(String name) {
    return "{\"project_id\":\"%s\",\"name\":\"%s\"}".formatted(project, name);
  }

  private long count(String sql) {
    return superuser.sql("select count(*) from api." + sql).query(Long.class).single();
  }

  @Test
  void aRepeatMakesNoSecondKeyAndShowsTheSameSecret() {
    String key = "k-" + UUID.randomUUID();
    var first = operator.post("/admin/api/keys", newKey("twice"), KEY, key);
    assertThat(first.statusCode()).isEqualTo(201);
    assertThat(first.headers().firstValue("x-r1-replayed")).isEmpty();
    long events = count("audit_event");
    var again = operator.post("/admin/api/keys", newKey("twice"), KEY, key);
    assertThat(again.statusCode()).isEqualTo(201);
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.headers().firstValue("etag")).isEqualTo(first.headers().firstValue("etag"));
    assertThat(again.headers().firstValue("x-r1-replayed")).contains("true");
    assertThat(count("api_key where name = 'twice'")).isEqualTo(1);
    assertThat(count("audit_event")).isEqualTo(events);
    String secret = Browser.json(first).path("secret").asString();
    assertThat(secret).startsWith("sk-r1-");
    assertThat(
            superuser
                .sql("select string_agg(r::text, '') from api.admin_reply r")
                .query(String.class)
                .single())
        .doesNotContain(secret)
        .doesNotContain(hex(secret))
        .doesNotContain(key);
  }

  private static String hex(String text) {
    return java.util.HexFormat.of()
        .formatHex(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  @Test
  void anotherBodyUnderTheSameKeyIsRefused() {
    String key = "k-" + UUID.randomUUID();
    operator.post("/admin/api/keys", newKey("one"), KEY, key);
    var other = operator.post("/admin/api/keys", newKey("other"), KEY, key);
    assertThat(other.statusCode()).isEqualTo(409);
    assertThat(Browser.json(other).path("code").asString()).isEqualTo("idempotency_conflict");
    assertThat(count("api_key where name = 'other'")).isZero();
    assertThat(operator.post("/admin/api/keys", newKey("x"), KEY, "a b").statusCode())
        .isEqualTo(422);
  }

  @Test
  void aKeyIsOnePrincipalsAndOnePathsForADay() {
    String key = "k-" + UUID.randomUUID();
    operator.post("/admin/api/keys", newKey("mine"), KEY, key);
    Browser owner = member("owner");
    assertThat(owner.post("/admin/api/keys", newKey("theirs"), KEY, key).statusCode())
        .isEqualTo(201);
    String body = "{\"organization_id\":\"%s\",\"name\":\"P\"}".formatted(organization);
    assertThat(operator.post("/admin/api/projects", body, KEY, key).statusCode()).isEqualTo(201);
    superuser
        .sql("update api.admin_reply set created_at = created_at - interval '24 hours'")
        .update();
    var next = operator.post("/admin/api/keys", newKey("next day"), KEY, key);
    assertThat(next.statusCode()).isEqualTo(201);
    assertThat(next.headers().firstValue("x-r1-replayed")).isEmpty();
  }

  @Test
  void whatWasRefusedFreesItsKey() {
    String key = "k-" + UUID.randomUUID();
    String bad = "{\"project_id\":\"%s\",\"name\":\"x\",\"scopes\":[]}".formatted(project);
    String name = "{\"name\":\"Acme\"}";
    assertThat(operator.post("/admin/api/organizations", name, KEY, key).statusCode())
        .isEqualTo(409);
    assertThat(
            operator.post("/admin/api/organizations", "{\"name\":\"New\"}", KEY, key).statusCode())
        .isEqualTo(201);
    assertThat(operator.post("/admin/api/keys", bad, KEY, key).statusCode()).isEqualTo(422);
    assertThat(operator.post("/admin/api/keys", newKey("y"), KEY, key).statusCode()).isEqualTo(201);
  }

  @Test
  void ofManyAtOnceOneIsMade() throws Exception {
    String key = "k-" + UUID.randomUUID();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<HttpResponse<String>>> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        Browser browser = operator;
        all.add(() -> browser.post("/admin/api/keys", newKey("at once"), KEY, key));
      }
      List<String> bodies = new ArrayList<>();
      for (Future<HttpResponse<String>> one : threads.invokeAll(all)) {
        assertThat(one.get().statusCode()).isEqualTo(201);
        bodies.add(one.get().body());
      }
      assertThat(bodies).allMatch(bodies.getFirst()::equals);
    }
    assertThat(count("api_key where name = 'at once'")).isEqualTo(1);
  }

  @Test
  void anOrderOfWhichNobodyKnowsWhatCameOfItIsSentAgainAsItWas() {
    billing.answer(
        BUDGET,
        exchange -> {
          boolean isRead = exchange.getRequestMethod().equals("GET");
          FakeReports.send(exchange, isRead ? 200 : 503, budget());
        });
    String key = "k-" + UUID.randomUUID();
    String order = order("7");
    assertThat(operator.post("/admin/api/budgets/31", order, KEY, key).statusCode()).isEqualTo(502);
    assertThat(operator.post("/admin/api/budgets/31", order("8"), KEY, key).statusCode())
        .isEqualTo(409);
    billing.say(BUDGET, 200, budget());
    var done = operator.post("/admin/api/budgets/31", order, KEY, key);
    assertThat(done.statusCode()).isEqualTo(200);
    int sent = billing.bodies().size();
    assertThat(billing.bodies()).containsOnly(order);
    var again = operator.post("/admin/api/budgets/31", order, KEY, key);
    assertThat(again.headers().firstValue("x-r1-replayed")).contains("true");
    assertThat(again.body()).isEqualTo(done.body());
    assertThat(billing.bodies()).hasSize(sent);
  }

  private String budget() {
    return "{\"budget_id\":\"31\",\"organization\":\"%s\",\"limit\":\"7\"}".formatted(organization);
  }

  private static String order(String limit) {
    return "{\"command_id\":\"0198e0c6-0000-7000-8000-00000000000%s\",\"limit\":\"%s\"}"
        .formatted(limit, limit);
  }

  @Test
  void aDryRunSaysTheEffectAndChangesNothing() {
    var issued = Browser.json(operator.post("/admin/api/keys", newKey("dry")));
    String id = issued.at("/key/id").asString();
    String before = state();
    var would = operator.post("/admin/api/keys?dry_run=true", newKey("never"), KEY, "dry");
    assertThat(would.statusCode()).isEqualTo(200);
    assertThat(would.headers().firstValue("x-r1-dry-run")).contains("true");
    assertThat(Browser.json(would).path("secret").isNull()).isTrue();
    String path = "/admin/api/keys/" + id + "?dry_run=true";
    assertThat(effect(operator.delete(path, "If-Match", "0")).path("revoked_at").isString())
        .isTrue();
    effect(operator.put(path, "{\"name\":\"renamed\"}", "If-Match", "0"));
    effect(
        operator.put(
            "/admin/api/limits/key/%s?dry_run=true".formatted(id),
            "{\"limits\":[{\"concurrency\":\"1\"}]}",
            "If-Match",
            "0"));
    effect(
        operator.put(
            "/admin/api/projects/%s/content?dry_run=true".formatted(project),
            "{\"days\":3}",
            "If-Match",
            version("/admin/api/projects", project)));
    effect(
        operator.patch(
            "/admin/api/organizations/%s?dry_run=true".formatted(organization),
            "{\"weight\":9}",
            "If-Match",
            version("/admin/api/organizations", organization)));
    effect(
        operator.post(
            "/admin/api/invitations?dry_run=true",
            "{\"organization_id\":\"%s\",\"email\":\"a@b\",\"role\":\"viewer\"}"
                .formatted(organization)));
    assertThat(operator.delete(path, "If-Match", "9").statusCode()).isEqualTo(412);
    assertThat(operator.delete(path.replace("true", "yes"), "If-Match", "0").statusCode())
        .isEqualTo(422);
    assertThat(state()).isEqualTo(before);
  }

  private static JsonNode effect(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.headers().firstValue("x-r1-dry-run")).contains("true");
    return Browser.json(answer);
  }

  private String version(String list, String id) {
    for (JsonNode item : operator.read(list).path("items")) {
      if (item.path("id").asString().equals(id)) {
        return item.path("version").asString();
      }
    }
    throw new AssertionError(id + " is not in " + list);
  }

  /** Whatever the calls of the test could change. */
  private String state() {
    return superuser
        .sql(
            """
            select (select string_agg(t::text, ' ' order by t::text) from api.api_key t)
              || (select count(*) from api.audit_event)
              || (select count(*) from api.admin_reply)
              || (select count(*) from api.limit_set)
              || (select count(*) from api.invitation)
              || (select string_agg(t::text, ' ' order by t::text) from api.organization t)
              || (select string_agg(t::text, ' ' order by t::text) from api.project t)
            """)
        .query(String.class)
        .single();
  }

  @Test
  void aRemovalsDryRunTellsWhichInvitationsWouldGo() {
    member("viewer");
    var members =
        operator.read("/admin/api/members?sort=-created_at&organization_id=" + organization);
    JsonNode last = members.at("/items/0");
    String invited = last.path("email").asString();
    var invitation =
        operator.post(
            "/admin/api/invitations",
            "{\"organization_id\":\"%s\",\"email\":\"%s\",\"role\":\"viewer\"}"
                .formatted(organization, invited));
    assertThat(invitation.statusCode()).isEqualTo(201);
    String path = "/admin/api/members/" + last.path("id").asString();
    String version = last.path("version").asString();
    JsonNode would = effect(operator.delete(path + "?dry_run=true", "If-Match", version));
    assertThat(would.at("/member/email").asString()).isEqualTo(invited);
    assertThat(would.at("/revoked_invitations/0/email").asString()).isEqualTo(invited);
    assertThat(operator.delete(path, "If-Match", version).statusCode()).isEqualTo(204);
  }

  /** Else the old role would come back by it. */
  @Test
  void aLowerRoleTakesTheInvitationsOfTheAddressWithIt() {
    member("developer");
    JsonNode last =
        operator
            .read("/admin/api/members?sort=-created_at&organization_id=" + organization)
            .at("/items/0");
    String email = last.path("email").asString();
    var invited =
        operator.post(
            "/admin/api/invitations",
            "{\"project_id\":\"%s\",\"organization_id\":\"%s\",\"email\":\"%s\",\"role\":\"admin\"}"
                .formatted(project, organization, email));
    assertThat(invited.statusCode()).as(invited.body()).isEqualTo(201);
    String open = "invitation where revoked_at is null and email = '" + email + "'";
    String path = "/admin/api/members/" + last.path("id").asString();
    var higher = operator.put(path, "{\"role\":\"admin\"}", "If-Match", "0");
    assertThat(higher.statusCode()).as(higher.body()).isEqualTo(200);
    assertThat(count(open)).isEqualTo(1);
    assertThat(operator.put(path, "{\"role\":\"viewer\"}", "If-Match", "1").statusCode())
        .isEqualTo(200);
    assertThat(count(open)).isZero();
    assertThat(
            superuser
                .sql("select action from api.audit_event order by id desc limit 1")
                .query(String.class)
                .single())
        .isEqualTo("invitation.revoked");
  }

  @Test
  void aDryRunOfAnOrderIsBillingsAndLeavesNoTrace() {
    billing.say(BUDGET, 200, budget());
    billing.say("/internal/v1/dry-run/budgets/31", 200, budget().replace("\"7\"", "\"9\""));
    long events = count("audit_event");
    var would = effect(operator.post("/admin/api/budgets/31?dry_run=true", order("9")));
    assertThat(would.path("limit").asString()).isEqualTo("9");
    assertThat(billing.posted()).containsExactly("/internal/v1/dry-run/budgets/31 " + order("9"));
    billing.say("/internal/v1/dry-run/prices/drafts/4/publish", 200, "{}");
    effect(operator.post("/admin/api/prices/drafts/4/publish?dry_run=true", "{\"revision\":1}"));
    assertThat(count("audit_event")).isEqualTo(events);
  }

  @Test
  void financeChangesBudgetsOfItsOrganizationOnly() {
    Browser finance = member("finance");
    String other = made("/admin/api/organizations", "{\"name\":\"Other\"}");
    billing.say(BUDGET, 200, budget());
    billing.say("/internal/v1/budgets", 200, budget());
    billing.say("/internal/v1/budgets/32", 200, budget().replace(organization, other));
    assertThat(finance.post("/admin/api/budgets/31", order("7")).statusCode()).isEqualTo(200);
    String mine = order("7").replace("{", "{\"organization\":\"%s\",".formatted(organization));
    assertThat(finance.post("/admin/api/budgets", mine).statusCode()).isEqualTo(201);
    int sent = billing.bodies().size();
    assertThat(finance.post("/admin/api/budgets/32", order("7")).statusCode()).isEqualTo(404);
    String theirs =
        mine.replace("\"organization\":\"" + organization, "\"organization\":\"" + other);
    assertThat(finance.post("/admin/api/budgets", theirs).statusCode()).isEqualTo(404);
    assertThat(member("viewer").post("/admin/api/budgets/31", order("7")).statusCode())
        .isEqualTo(403);
    assertThat(billing.bodies()).hasSize(sent);
    assertThat(
            superuser
                .sql(
                    "select actor from api.audit_event where action = 'budget.changed' order by id"
                        + " desc limit 1")
                .query(String.class)
                .single())
        .startsWith("finance");
  }

  @Test
  void exportsToATargetAreTheOperatorsOnly() {
    Browser finance = member("finance");
    String path = "/admin/api/exports/jobs";
    String jobs = "/internal/v1/export-jobs";
    String job =
        "{\"export_id\":\"%s\",\"organization_id\":\"" + organization + "\",\"target\":%s}";
    for (String verb : List.of("", "/cancel", "/resume")) {
      billing.say(jobs + "/41" + verb, 200, job.formatted("41", "null"));
      billing.say(jobs + "/42" + verb, 200, job.formatted("42", "\"share\""));
    }
    billing.say(jobs, 200, "{\"exports\":[]}");
    String command = "{\"command_id\":\"%s\"}".formatted(UUID.randomUUID());
    for (String verb : List.of("/cancel", "/resume")) {
      assertThat(finance.post(path + "/42" + verb, command).statusCode()).as(verb).isEqualTo(404);
      assertThat(finance.post(path + "/41" + verb, command).statusCode()).as(verb).isEqualTo(200);
      assertThat(operator.post(path + "/42" + verb, command).statusCode()).as(verb).isEqualTo(200);
    }
    assertThat(finance.get(path + "/42/files/manifest.json").statusCode()).isEqualTo(404);
    finance.get(path);
    assertThat(billing.asked().getLast()).contains("downloads_only=true");
    finance.post(path, command.replace("}", ",\"by_operator\":true}"));
    assertThat(billing.bodies().getLast()).contains("\"by_operator\":false");
  }

  @Test
  void listsFollowTheirCursorsBothWays() {
    for (String name : List.of("banana", "Apple", "cherry")) {
      made(
          "/admin/api/projects",
          "{\"organization_id\":\"%s\",\"name\":\"page %s\"}".formatted(organization, name));
    }
    String projects = "/admin/api/projects?organization_id=" + organization;
    List<String> byName = walk(projects + "&sort=name", "name");
    assertThat(byName).isSortedAccordingTo(String.CASE_INSENSITIVE_ORDER).hasSizeGreaterThan(3);
    assertThat(walk(projects + "&sort=-name", "name")).isEqualTo(byName.reversed());
    assertThat(operator.read(projects).path("items")).hasSize(byName.size());
    String other = made("/admin/api/organizations", "{\"name\":\"Others\"}");
    String foreign =
        made(
            "/admin/api/projects",
            "{\"organization_id\":\"%s\",\"name\":\"AAA\"}".formatted(other));
    assertThat(operator.read(projects + "&sort=name&after=" + foreign).path("items"))
        .as("after another's row, whose name it would tell")
        .isEmpty();
    String audit = "/admin/api/audit?organization_id=" + organization;
    List<String> events = walk(audit, "id");
    assertThat(walk(audit + "&sort=at", "id")).isEqualTo(events.reversed());
    for (String name : List.of("first", "second", "third")) {
      assertThat(operator.post("/admin/api/keys", newKey(name)).statusCode()).isEqualTo(201);
    }
    List<String> keys = walk("/admin/api/keys?project_id=" + project, "id");
    assertThat(walk("/admin/api/keys?sort=created_at&project_id=" + project, "id"))
        .isEqualTo(keys.reversed());
    assertThat(operator.get("/admin/api/keys?sort=name").statusCode()).isEqualTo(422);
    assertThat(operator.get("/admin/api/keys?limit=x").statusCode()).isEqualTo(400);
  }

  /** All rows' members, in pages of two. */
  private List<String> walk(String path, String member) {
    List<String> all = new ArrayList<>();
    String after = "";
    do {
      JsonNode page = operator.read(path + "&limit=2&after=" + after);
      page.path("items").forEach(item -> all.add(item.path(member).asString()));
      assertThat(page.path("items").size()).isBetween(1, 2);
      after = page.path("next").asString("");
    } while (!after.isEmpty());
    assertThat(all).doesNotHaveDuplicates();
    return all;
  }

  @Test
  void billingsListsArePagedAlike() {
    List<String> lists =
        List.of( // the route, billing's, and what has the rows there
            "/budgets budgets budgets",
            "/budgets/alerts budget-alerts alerts",
            "/budgets/targets webhook-targets targets",
            "/adjustments adjustments adjustments",
            "/adjustments/reratings prices/reratings reratings",
            "/adjustments/commitments commitments commitments",
            "/held held records",
            "/held/receipts held/receipts receipts",
            "/invoices/tax-rules tax-rules tax_rules",
            "/refused-payments refused-payments payments",
            "/reconciliation/corrections reconciliation/corrections corrections",
            "/prices/versions prices/versions versions");
    for (String list : lists) {
      List<String> words = List.of(list.split(" "));
      String path = words.getFirst();
      String rows = "{\"%s\":[{\"id\":\"1\"}],\"next\":\"1\"}".formatted(words.getLast());
      String asked = "/internal/v1/" + words.get(1);
      billing.say(asked, 200, rows);
      JsonNode page = operator.read("/admin/api" + path + "?limit=1&after=5");
      assertThat(page.toString()).as(path).isEqualTo("{\"next\":\"1\",\"items\":[{\"id\":\"1\"}]}");
      assertThat(billing.asked()).as(path).anyMatch(one -> one.startsWith(asked + "?limit=1&aft"));
    }
  }

  @Test
  void comparedDaysArePagedByDay() {
    billing.say(
        "/internal/v1/reconciliation/days",
        200,
        "{\"days\":[{\"day\":\"2026-11-22\"},{\"day\":\"2026-11-21\"},{\"day\":\"2026-11-20\"}]}");
    String path = "/admin/api/reconciliation/days?limit=2";
    JsonNode first = operator.read(path);
    assertThat(first.path("items")).hasSize(2);
    JsonNode second = operator.read(path + "&after=" + first.path("next").asString());
    assertThat(second.at("/items/0/day").asString()).isEqualTo("2026-11-20");
    assertThat(second.path("next").isNull()).isTrue();
    assertThat(operator.read(path + "&sort=day").at("/items/0/day").asString())
        .isEqualTo("2026-11-20");
  }

  private Browser member(String role) {
    String email = role + "-" + UUID.randomUUID() + "@acme.example";
    superuser
        .sql(
            """
            with added as (
              insert into api.person (email, password_hash, created_at)
              values (?, '{noop}a long password', now()) returning id)
            insert into api.membership (person_id, organization_id, role, created_at)
            select id, ?, ?, now() from added
            """)
        .params(email, Long.valueOf(organization), role)
        .update();
    var browser = new Browser(api);
    assertThat(browser.logIn(email, "a long password").statusCode()).isEqualTo(200);
    return browser;
  }
}
