package io.r1platform.api.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r1platform.api.Browser;
import io.r1platform.api.RunningApi;
import io.r1platform.api.keys.Keys;
import io.r1platform.api.tenants.Tenants;
import io.r1platform.testing.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReportsIT {
  private static final String TOKENS =
      "\"tokens\":{\"hit\":\"0\",\"miss\":\"9007199254740993\","
          + "\"reasoning\":\"1\",\"answer\":\"2\"}";

  private final TestDatabase database = TestDatabase.create();
  private final FakeReports billing = new FakeReports();
  private final HttpClient http = HttpClient.newHttpClient();
  private RunningApi api;
  private Browser browser;
  private long organizationId;
  private long projectId;
  private long keyId;

  @BeforeAll
  void start() {
    api = RunningApi.start(database, Map.of("r1.api.billing.url", billing.url()));
    browser = Browser.loggedIn(api);
    organizationId = api.bean(Tenants.class).createOrganization("Acme").id();
    projectId = api.bean(Tenants.class).createProject(organizationId, "Chat").id();
    keyId = api.bean(Keys.class).issue(projectId, "laptop", null).key().id();
  }

  @AfterAll
  void stop() {
    http.close();
    api.close();
    billing.close();
  }

  @BeforeEach
  void forget() {
    billing.forget();
  }

  @Test
  void theOverviewIsBillingsWithTopProjectsByCost() {
    billing.say(
        "/internal/v1/reports/overview",
        200,
        """
        {"as_of":"2026-11-22T10:00:00Z","currency":"USD","requests":"12",%s,
         "cost":"0.000000000001","reference":null,"days":[]}\
        """
            .formatted(TOKENS));
    billing.say(
        "/internal/v1/reports/usage",
        200,
        """
        {"items":[{"key":"901","cost":"0.2"},{"key":"%d","cost":"10.5"},
         {"key":"902","cost":"9"}]}\
        """
            .formatted(projectId));
    JsonNode overview = browser.read("/admin/api/overview?month=2026-12");
    assertThat(overview.get("cost").asString()).isEqualTo("0.000000000001");
    assertThat(overview.at("/tokens/miss").asString()).isEqualTo("9007199254740993");
    assertThat(overview.get("top_projects").toString())
        .isEqualTo(
            """
            [{"id":"%d","name":"Chat","cost":"10.5"},\
            {"id":"902","name":"902","cost":"9"},{"id":"901","name":"901","cost":"0.2"}]\
            """
                .formatted(projectId));
    assertThat(overview.at("/organizations/0/name").asString()).isEqualTo("Acme");
    assertThat(billing.asked())
        .containsExactly(
            "/internal/v1/reports/overview?from=2026-12-01&to=2027-01-01",
            "/internal/v1/reports/usage?from=2026-12-01&to=2027-01-01&group_by=project");
  }

  /** Far more than a page holds: none of them is left out, nor keeps its number for a name. */
  @Test
  void noOrganizationOrProjectIsLeftOutHoweverManyThereAre() {
    JdbcClient superuser = JdbcClient.create(database.superuser());
    superuser
        .sql(
            """
            insert into api.organization (name, created_at)
            select 'Big ' || to_char(n, '00000'), now() from generate_series(1, 1100) n\
            """)
        .update();
    long last =
        superuser
            .sql("select max(id) from api.organization where name like 'Big %'")
            .query(Long.class)
            .single();
    superuser
        .sql(
            """
            insert into api.project (organization_id, name, created_at)
            select ?, to_char(n, '00000'), now() from generate_series(1, 1100) n\
            """)
        .param(last)
        .update();
    long project =
        superuser
            .sql("select max(id) from api.project where organization_id = ?")
            .param(last)
            .query(Long.class)
            .single();
    long key = api.bean(Keys.class).issue(project, "of the last", null).key().id();

    assertThat(browser.read("/admin/api/keys?organization_id=" + last).get("items")).hasSize(1);
    billing.say(
        "/internal/v1/reports/overview",
        200,
        """
        {"as_of":null,"currency":"USD","requests":"0",%s,"cost":"0","reference":null,"days":[]}\
        """
            .formatted(TOKENS));
    billing.say("/internal/v1/reports/usage", 200, "{\"items\":[]}");
    JsonNode overview = browser.read("/admin/api/overview?month=2026-12");
    assertThat(overview.get("organizations").findValuesAsString("name"))
        .hasSizeGreaterThan(1_100)
        .contains("Big  01100");
    billing.say(
        "/internal/v1/requests",
        200,
        "{\"items\":[%s],\"next\":null}".formatted(row(eventId(), last, project, key)));
    JsonNode row = browser.read("/admin/api/requests").at("/items/0");
    assertThat(row.at("/organization/name").asString()).isEqualTo("Big  01100");
    assertThat(row.at("/api_key/name").asString()).isEqualTo("of the last");
  }

  @Test
  void usageGetsTheNamesOfItsGroups() {
    for (var group :
        Map.of("project", projectId + " Chat", "key", keyId + " laptop", "model", "2 r1-nano")
            .entrySet()) {
      String[] idAndName = group.getValue().split(" ", 2);
      billing.say(
          "/internal/v1/reports/usage",
          200,
          "{\"items\":[{\"key\":\"%s\",\"cost\":\"1\"},{\"key\":\"999999\",\"cost\":\"1\"}]}"
              .formatted(idAndName[0]));
      JsonNode usage = browser.read("/admin/api/usage?group_by=" + group.getKey());
      assertThat(usage.at("/items/0/name").asString()).isEqualTo(idAndName[1]);
      assertThat(usage.at("/items/1").has("name")).isFalse();
    }
    billing.say("/internal/v1/reports/usage", 200, "{\"items\":[{\"key\":\"2026-11-22\"}]}");
    assertThat(browser.read("/admin/api/usage?group_by=day").at("/items/0/key").asString())
        .isEqualTo("2026-11-22");
  }

  @Test
  void filtersGoOnEncodedAndStrangersDoNot() {
    billing.say("/internal/v1/requests", 200, "{\"items\":[],\"next\":null}");
    browser.read("/admin/api/requests?finish=a%26b%3D1&limit=5&after=x%2By&from=&evil=1");
    assertThat(billing.asked())
        .containsExactly(
            "/internal/v1/requests?finish=a%26b%3D1&limit=5&after=x%2By&descending=true");
  }

  @Test
  void requestsSayWhoSentThem() {
    billing.say(
        "/internal/v1/requests",
        200,
        "{\"items\":[%s],\"next\":\"c\"}".formatted(row(UUID.randomUUID())));
    JsonNode page = browser.read("/admin/api/requests");
    assertThat(page.at("/items/0/organization/name").asString()).isEqualTo("Acme");
    assertThat(page.at("/items/0/project/id").asString()).isEqualTo(Long.toString(projectId));
    assertThat(page.at("/items/0/project/name").asString()).isEqualTo("Chat");
    assertThat(page.at("/items/0/api_key/name").asString()).isEqualTo("laptop");
    assertThat(page.get("next").asString()).isEqualTo("c");
  }

  @Test
  void aBookedRequestComesFromTheLedger() {
    UUID id = eventId();
    billing.say("/internal/v1/requests/" + id, 200, row(id));
    JsonNode request = browser.read("/admin/api/requests/" + id);
    assertThat(request.get("status").asString()).isEqualTo("in_ledger");
    assertThat(request.at("/api_key/name").asString()).isEqualTo("laptop");
  }

  @Test
  void aRequestOnItsWayComesFromTheJournal() {
    UUID id = eventId();
    admit(id);
    JsonNode request = browser.read("/admin/api/requests/" + id);
    assertThat(request.get("status").asString()).isEqualTo("in_journal");
    assertThat(request.get("finish").asString()).isEqualTo("admit");
    assertThat(request.get("finished_at").isNull()).isTrue();
    assertThat(request.get("cost").asString()).isEqualTo("0");
    assertThat(request.get("model").asString()).isEqualTo("r1-nano");
    assertThat(request.at("/tokens/miss").asString()).isEqualTo("0");
    assertThat(request.at("/project/name").asString()).isEqualTo("Chat");
    assertThat(request.has("lines")).isFalse();
  }

  @Test
  void aRequestThatNobodyKnowsIsNotFound() {
    for (String id : new String[] {eventId().toString(), "nonsense", "..%2F..%2Fprices"}) {
      var answer = browser.get("/admin/api/requests/" + id);
      assertThat(answer.statusCode()).as(id).isIn(400, 404);
    }
    assertThat(billing.asked()).noneMatch(path -> path.contains("prices"));
  }

  @Test
  void reconciliationGetsTheJournalsColumn() {
    billing.say("/internal/v1/reconciliation", 200, "{\"as_of\":null,\"differences\":[]}");
    JsonNode before = browser.read("/admin/api/reconciliation");
    admit(eventId());
    JsonNode after = browser.read("/admin/api/reconciliation");
    long grown =
        Long.parseLong(after.at("/journal/open").asString())
            - Long.parseLong(before.at("/journal/open").asString());
    assertThat(grown).isEqualTo(1);
    assertThat(after.at("/journal/requests").asString()).isEqualTo("0");
    assertThat(after.at("/journal/cost").asString()).isEqualTo("0");
    assertThat(after.at("/journal/unshipped").asString()).isEqualTo("0");
    assertThat(after.get("orphans").isArray()).isTrue();
    assertThat(browser.get("/admin/api/reconciliation?from=soon").statusCode()).isEqualTo(400);
  }

  /** The journal may hold older days than billing keeps hot: both are asked for the same days. */
  @Test
  void reconciliationIsCleanOnDay36AndLater() {
    billing.say("/internal/v1/reconciliation", 200, "{\"as_of\":null,\"differences\":[]}");
    LocalDate today = LocalDate.ofInstant(api.clock().instant(), ZoneOffset.UTC);
    JsonNode before = browser.read("/admin/api/reconciliation");
    for (int age : List.of(40, 36)) {
      JdbcClient.create(database.superuser())
          .sql("select api.ensure_journal_partitions(?)::text")
          .param(today.minusDays(age))
          .query(String.class)
          .single();
      admit(eventId(Duration.ofDays(age)));
    }
    assertThat(browser.read("/admin/api/reconciliation").get("journal"))
        .isEqualTo(before.get("journal"));
    assertThat(billing.asked().getLast())
        .isEqualTo(
            "/internal/v1/reconciliation?from=%s&to=%s"
                .formatted(today.minusDays(34), today.plusDays(2)));
    admit(eventId(Duration.ofDays(34)));
    assertThat(browser.read("/admin/api/reconciliation").at("/journal/admitted"))
        .isNotEqualTo(before.at("/journal/admitted"));
  }

  @Test
  void reconciliationOfADayAsksBothForThatDayOnly() {
    billing.say("/internal/v1/reconciliation", 200, "{\"as_of\":null,\"differences\":[]}");
    JsonNode day = browser.read("/admin/api/reconciliation?day=2020-02-29");
    assertThat(billing.asked())
        .containsExactly("/internal/v1/reconciliation?from=2020-02-29&to=2020-03-01");
    assertThat(day.at("/journal/days_dropped").asString()).isEqualTo("0");
    JdbcClient.create(database.superuser())
        .sql("insert into api.journal_dropped (day) values ('2020-02-29')")
        .update();
    assertThat(
            browser
                .read("/admin/api/reconciliation?day=2020-02-29")
                .at("/journal/days_dropped")
                .asString())
        .isEqualTo("1");
  }

  @Test
  void whereBillingDoesNotAnswerThatIsSaid() {
    billing.say("/internal/v1/reports/overview", 503, "{}");
    billing.say("/internal/v1/requests", 200, "no JSON");
    billing.say("/internal/v1/exports/usage_records", 500, "");
    billing.say("/internal/v1/reports/usage", 401, "{\"code\":\"not_authenticated\"}");
    for (String path : new String[] {"overview", "requests", "usage", "exports/usage_records"}) {
      var answer = browser.get("/admin/api/" + path);
      assertThat(answer.statusCode()).as(path).isEqualTo(502);
      assertThat(Browser.json(answer).get("code").asString()).isEqualTo("billing_unavailable");
      assertThat(Browser.json(answer).get("detail").asString()).contains("try again");
    }
  }

  @Test
  void whatBillingRefusesIsTheCallersMistake() {
    billing.say(
        "/internal/v1/reports/usage", 400, "{\"code\":\"x\",\"detail\":\"group_by is wrong\"}");
    var answer = browser.get("/admin/api/usage?group_by=nothing");
    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(Browser.json(answer).get("detail").asString()).isEqualTo("group_by is wrong");
  }

  @Test
  void anExportStreamsWhileItIsStillBeingWritten() throws Exception {
    var firstPartRead = new CountDownLatch(1);
    billing.answer(
        "/internal/v1/exports/usage_records",
        exchange -> {
          exchange.getResponseHeaders().set("x-r1-export-id", "run-1");
          exchange.getResponseHeaders().set("Content-Type", "text/csv;charset=UTF-8");
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write("event_id\n".getBytes(StandardCharsets.UTF_8));
          exchange.getResponseBody().flush();
          awaitLatch(firstPartRead);
          exchange.getResponseBody().write(new byte[3_000_000]);
          exchange.close();
        });
    HttpResponse<InputStream> answer = open("/admin/api/exports/usage_records?from=2026-11-01");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("x-r1-export-id")).contains("run-1");
    assertThat(answer.headers().firstValue("content-type").orElseThrow()).startsWith("text/csv");
    assertThat(answer.headers().firstValue("content-disposition").orElseThrow())
        .isEqualTo("attachment; filename=\"usage_records.csv\"");
    try (InputStream body = answer.body()) {
      assertThat(new String(body.readNBytes(9), StandardCharsets.UTF_8)).isEqualTo("event_id\n");
      firstPartRead.countDown();
      assertThat(body.readAllBytes()).hasSize(3_000_000);
    }
    assertThat(billing.asked()).contains("/internal/v1/exports/usage_records?from=2026-11-01");
  }

  @Test
  void anExportThatBreaksOffNeverLooksWhole() throws Exception {
    breakOffAfter(2_000_000);
    HttpResponse<InputStream> started = open("/admin/api/exports/usage_records");
    assertThat(started.statusCode()).isEqualTo(200);
    try (InputStream body = started.body()) {
      assertThatThrownBy(body::readAllBytes).isInstanceOf(IOException.class);
    }
    breakOffAfter(0);
    HttpResponse<InputStream> empty = open("/admin/api/exports/usage_records");
    assertThat(empty.statusCode()).isEqualTo(502);
    assertThat(new String(empty.body().readAllBytes(), StandardCharsets.UTF_8))
        .contains("billing_unavailable");
  }

  private void breakOffAfter(int bytes) {
    billing.answer(
        "/internal/v1/exports/usage_records",
        exchange -> {
          exchange.sendResponseHeaders(200, bytes + 1_000);
          exchange.getResponseBody().write(new byte[bytes]);
          exchange.getResponseBody().flush();
          throw new IOException("billing died");
        });
  }

  @Test
  void anUnknownDatasetIsNamedAsSuch() {
    billing.say(
        "/internal/v1/exports/secrets",
        404,
        "{\"code\":\"unknown_dataset\",\"detail\":\"Known are usage_records.\"}");
    var answer = browser.get("/admin/api/exports/secrets");
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(Browser.json(answer).get("code").asString()).isEqualTo("unknown_dataset");
    assertThat(Browser.json(answer).get("detail").asString()).contains("usage_records");
    assertThat(browser.get("/admin/api/exports/UPPER").statusCode()).isEqualTo(404);
  }

  @Test
  void aManifestGoesOnAsItIs() {
    String path = "/exports/runs/0192f3aa-0000-7000-8000-000000000001/manifest";
    billing.say("/internal/v1" + path, 200, "{\"rows\":\"7\",\"sum_pico\":{\"USD\":\"12\"}}");
    assertThat(browser.read("/admin/api" + path).at("/sum_pico/USD").asString()).isEqualTo("12");
    assertThat(browser.get("/admin/api" + path.replace("01/", "02/")).statusCode()).isEqualTo(404);
  }

  @Test
  void systemSaysWhichServicesAnswer() {
    billing.say("/readyz", 200, "{}");
    JsonNode system = browser.read("/admin/api/system");
    assertThat(system.at("/services/1/status").asString()).isEqualTo("down");
    assertThat(system.at("/services/2/name").asString()).isEqualTo("billing-service");
    assertThat(system.at("/services/2/status").asString()).isEqualTo("up");
    billing.say("/readyz", 503, "{}");
    assertThat(browser.read("/admin/api/system").at("/services/2/status").asString())
        .isEqualTo("down");
    assertThat(system.at("/journal/unshipped").asString()).isEqualTo("0");
  }

  private HttpResponse<InputStream> open(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(api.uri(path))
            .header("Cookie", browser.cookie().orElseThrow())
            .build(),
        BodyHandlers.ofInputStream());
  }

  private String row(UUID id) {
    return row(id, organizationId, projectId, keyId);
  }

  private static String row(UUID id, long organization, long project, long key) {
    return """
    {"id":"%s","organization_id":"%d","project_id":"%d","api_key_id":"%d","model_id":"2",\
    "model":"r1-nano",%s,"finish":"stop","cost":"0.1"}\
    """
        .formatted(id, organization, project, key, TOKENS);
  }

  /** A UUIDv7 of the service's own day: the journal has partitions around that day only. */
  private UUID eventId() {
    return eventId(Duration.ZERO);
  }

  private UUID eventId(Duration age) {
    UUID random = UUID.randomUUID();
    long millis = api.clock().instant().minus(age).toEpochMilli();
    return new UUID(
        (millis << 16) | 0x7000 | (random.getMostSignificantBits() & 0xFFF),
        random.getLeastSignificantBits());
  }

  /** Writes an ADMIT as the journal would, byte by byte. */
  private void admit(UUID id) {
    var record = ByteBuffer.allocate(184);
    record.put((byte) 1).put((byte) 0).putShort((short) 1).putInt(2);
    record.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    record.putLong(organizationId).putLong(projectId).putLong(keyId);
    record.putLong(1_795_000_000_000_000L);
    byte[] bytes = Arrays.copyOf(record.array(), 184);
    JdbcClient.create(database.superuser())
        .sql(
            """
            insert into api.usage_journal (bucket, event_id, kind, replica_id, epoch, record)
            values ((uuid_extract_timestamp(?) at time zone 'UTC')::date, ?, 'A', 99, 1, ?)\
            """)
        .params(id, id, bytes)
        .update();
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
