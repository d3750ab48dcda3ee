package io.r1platform.api.statements;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r1platform.api.Await;
import io.r1platform.api.RunningApi;
import io.r1platform.api.console.FakeReports;
import io.r1platform.api.keys.IssuedKey;
import io.r1platform.api.keys.Keys;
import io.r1platform.api.keys.TestRights;
import io.r1platform.api.tenants.Tenants;
import io.r1platform.testing.TestDatabase;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What two tenants read of their money. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MoneyIT {
  private static final Executor THREADS = Thread::startVirtualThread;
  private static final String BALANCE =
      """
      {"as_of":"2026-11-22T10:00:00Z","currency":"USD","limit":"110000000000000",
       "used":"1500000000000","leased":"1","granted":"2000000000000","topped_up":"500000000000",
       "next_expiry":"2026-12-01T00:00:00Z"}
      """;
  private static final String LIMITS =
      """
      {"as_of":"2026-11-22T10:00:00Z","limits":[
        {"scope":"CREDIT","scope_id":"%1$d","currency":"USD","limit":"100000000000000",
         "used":"0","leased":"0","resets_at":null},
        {"scope":"PROJECT","scope_id":"%2$d","currency":"USD","limit":"5000000000000",
         "used":"4000000000000","leased":"500000000000","resets_at":"2026-12-01T00:00:00Z"}]}
      """;

  private final FakeReports billing = new FakeReports();
  private RunningApi api;
  private IssuedKey own;
  private long organization;
  private long project;
  private String stranger;

  @BeforeAll
  void start() {
    api =
        RunningApi.start(
            TestDatabase.create(),
            Map.of(
                "r1.api.billing.url", billing.url(),
                "r1.api.billing.timeout", "2s",
                "r1.api.bundles.grace", "1s",
                "r1.api.bundles.min-rate", "100MB"));
    Tenants tenants = api.bean(Tenants.class);
    organization = tenants.createOrganization("Acme", 1).id();
    project = tenants.createProject(organization, "Chat").id();
    own = api.bean(Keys.class).issue(project, TestRights.everything("own"));
    long other = tenants.createOrganization("Other", 1).id();
    stranger =
        api.bean(Keys.class)
            .issue(tenants.createProject(other, "P").id(), TestRights.everything("x"))
            .secret();
    Await.until("keys", () -> api.get("/v1/models", stranger).statusCode() == 200);
  }

  @AfterAll
  void stop() {
    api.close();
    billing.close();
  }

  @BeforeEach
  void forget() {
    billing.forget();
    billing.say("/internal/v1/limits", 200, LIMITS.formatted(organization, project));
    billing.say("/internal/v1/organizations/%d/balance".formatted(organization), 200, BALANCE);
  }

  @Test
  void limitsNameTheOneThatWouldRefuseFirst() {
    JsonNode limits = json("/v1/limits");
    assertThat(limits.path("object").asString()).isEqualTo("list");
    assertThat(limits.path("data").size()).isEqualTo(3);
    JsonNode atOnce = limits.path("data").get(2);
    assertThat(atOnce.path("kind").asString()).isEqualTo("concurrency");
    assertThat(atOnce.path("remaining").asString()).as("the default").isEqualTo("1000");
    assertThat(atOnce.path("currency").isNull()).isTrue();
    JsonNode tight = limits.path("data").get(1);
    assertThat(tight.path("kind").asString()).isEqualTo("budget");
    assertThat(tight.path("scope").asString()).isEqualTo("project");
    assertThat(tight.path("limit").asString()).isEqualTo("5");
    assertThat(tight.path("used").asString()).isEqualTo("4");
    assertThat(tight.path("held").asString()).isEqualTo("0.5");
    assertThat(tight.path("remaining").asString()).isEqualTo("0.5");
    assertThat(tight.path("resets_at").asString()).isEqualTo("2026-12-01T00:00:00Z");
    assertThat(tight.path("binding").asBoolean(false)).isTrue();
    assertThat(limits.path("data").get(0).path("binding").asBoolean(true)).isFalse();
    assertThat(limits.path("data").get(0).path("kind").asString()).isEqualTo("credit");
    assertThat(billing.asked())
        .isEqualTo(
            List.of(
                "/internal/v1/limits?organization=%d&project=%d&key=%d"
                    .formatted(organization, project, own.key().id())));
  }

  @Test
  void theBalanceIsToThePicoInBothShapes() {
    JsonNode balance = json("/v1/balance");
    assertThat(balance.path("available").asString()).isEqualTo("108.499999999999");
    assertThat(balance.path("granted").asString()).isEqualTo("2");
    assertThat(balance.path("topped_up").asString()).isEqualTo("0.5");
    assertThat(balance.path("held").asString()).isEqualTo("0.000000000001");
    assertThat(balance.path("next_expiry").asString()).isEqualTo("2026-12-01T00:00:00Z");
    assertThat(api.get("/user/balance", own.secret()).body())
        .isEqualTo(
            "{\"is_available\":true,\"balance_infos\":[{\"currency\":\"USD\","
                + "\"total_balance\":\"108.499999999999\",\"granted_balance\":\"2\","
                + "\"topped_up_balance\":\"0.5\"}]}");
  }

  @Test
  void whoOwesHasNothingAvailable() {
    billing.say(
        "/internal/v1/organizations/%d/balance".formatted(organization),
        200,
        BALANCE.replace("\"1500000000000\"", "\"110000000000001\""));
    assertThat(json("/v1/balance").path("available").asString()).isEqualTo("0");
    assertThat(json("/user/balance").path("is_available").asBoolean(true)).isFalse();
  }

  @Test
  void receiptsAreAskedForTheKeysOwnProjectAndProofsWait() {
    String receipts =
        "/internal/v1/organizations/%d/projects/%d/receipts".formatted(organization, project);
    String id = "019adc00-0000-7000-8000-000000000001";
    billing.say(receipts + "/" + id, 200, "{\"receipt\":\"v1.abc\"}");
    billing.say(receipts + "/" + id + "/proof", 202, "");
    billing.say(receipts, 200, "{}\n");
    assertThat(json("/v1/receipts/chatcmpl-" + id).path("receipt").asString()).isEqualTo("v1.abc");
    assertThat(status("/v1/receipts/" + id + ".tlog-proof", own.secret())).isEqualTo(202);
    billing.say(receipts + "/" + id + "/proof", 200, "c2sp.org/tlog-proof@v1\n");
    HttpResponse<String> proof = api.get("/v1/receipts/" + id + ".tlog-proof", own.secret());
    assertThat(proof.body()).isEqualTo("c2sp.org/tlog-proof@v1\n");
    assertThat(proof.headers().firstValue("content-type")).contains("text/plain");
    billing.say(receipts + "/" + id + "/proof", 409, "{\"detail\":\"It is held: LATE.\"}");
    HttpResponse<String> held = api.get("/v1/receipts/" + id + ".tlog-proof", own.secret());
    assertThat(held.statusCode()).isEqualTo(409);
    assertThat(held.body()).contains("\"code\":\"invalid_state\"", "It is held: LATE.");
    String from = "/v1/receipts?from=2026-11-01T00:00:00Z&organization=1&project=1";
    assertThat(api.get(from, own.secret()).body()).isEqualTo("{}\n");
    assertThat(status("/v1/receipts/" + id, stranger)).isEqualTo(404);
    assertThat(status("/v1/receipts/" + id + ".tlog-proof", stranger)).isEqualTo(404);
    assertThat(status("/v1/receipts/x", own.secret())).isEqualTo(404);
    assertThat(status("/v1/receipts", own.secret())).isEqualTo(400);
  }

  @Test
  void anInvoicesBundleIsItsOrganizationsAlone() {
    String path = "/internal/v1/organizations/%d/invoices/".formatted(organization);
    billing.say(path + "17/bundle", 200, "PK");
    billing.say(
        path + "18/bundle", 409, "{\"code\":\"bundle_missing\",\"detail\":\"3 are held.\"}");
    HttpResponse<String> zip = api.get("/v1/invoices/17/bundle", own.secret());
    assertThat(zip.statusCode()).isEqualTo(200);
    assertThat(zip.body()).isEqualTo("PK");
    assertThat(zip.headers().firstValue("content-type")).contains("application/zip");
    HttpResponse<String> missing = api.get("/v1/invoices/18/bundle", own.secret());
    assertThat(missing.statusCode()).isEqualTo(409);
    assertThat(missing.body()).contains("\"code\":\"invalid_state\"", "3 are held.");
    assertThat(status("/v1/invoices/17/bundle", stranger)).isEqualTo(404);
    for (String id : List.of("0", "x", "17%2f..%2f18", "1234567890123456789")) {
      assertThat(status("/v1/invoices/" + id + "/bundle", own.secret())).as(id).isIn(400, 404);
    }
    for (int i = 0; i < 40; i++) { // a place is free again each time
      assertThat(status("/v1/invoices/17/bundle", own.secret())).isEqualTo(200);
      assertThat(status("/v1/invoices/18/bundle", own.secret())).isEqualTo(409);
    }
  }

  /** Whoever does not read what is sent keeps nothing else of its organization waiting. */
  @Test
  void stalledBundlesLeaveMoneyAloneAndAreEnded() throws IOException {
    var ended = new AtomicInteger();
    billing.answer(
        "/internal/v1/organizations/%d/invoices/19/bundle".formatted(organization),
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          var piece = new byte[65_536];
          try (OutputStream out = exchange.getResponseBody()) {
            while (true) {
              out.write(piece);
            }
          } finally {
            ended.incrementAndGet();
          }
        });
    List<Socket> stalled = new ArrayList<>();
    for (int n = 0; n < 4; n++) {
      Socket socket = asks("/v1/invoices/19/bundle");
      stalled.add(socket);
      assertThat(new String(socket.getInputStream().readNBytes(12), US_ASCII))
          .isEqualTo(n == 0 ? "HTTP/1.1 200" : "HTTP/1.1 429");
    }
    assertThat(status("/v1/balance", own.secret())).isEqualTo(200);
    Await.until("it is ended", () -> ended.get() == 1);
    byte[] got = stalled.getFirst().getInputStream().readAllBytes();
    assertThat(new String(got, got.length - 5, 5, US_ASCII))
        .as("it does not look whole")
        .isNotEqualTo("0\r\n\r\n");
    freeAgain();
    for (Socket socket : stalled) {
      socket.close();
    }
  }

  @Test
  void whatARevokedKeyIsBeingSentEnds() throws IOException {
    var revoked = new CountDownLatch(1);
    var ended = new AtomicInteger();
    billing.answer(
        "/internal/v1/organizations/%d/invoices/20/bundle".formatted(organization),
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          var piece = new byte[1_024];
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(piece);
            out.flush();
            await(revoked);
            while (true) {
              out.write(piece);
            }
          } finally {
            ended.incrementAndGet();
          }
        });
    Keys keys = api.bean(Keys.class);
    IssuedKey stolen = keys.issue(project, TestRights.everything("stolen"));
    Await.until("it is good", () -> status("/v1/balance", stolen.secret()) == 200);
    Socket thief = asks("/v1/invoices/20/bundle", stolen.secret());
    thief.getInputStream().readNBytes(12);
    keys.revoke(stolen.key().id(), stolen.key().version());
    Await.until("it is revoked", () -> status("/v1/balance", stolen.secret()) == 401);
    revoked.countDown();
    thief.getInputStream().readAllBytes();
    Await.until("it is ended", () -> ended.get() == 1);
    thief.close();
    freeAgain();
  }

  /** Nor does billing keep a place, when it says no more. */
  @Test
  void bundleThatBillingDoesNotEndIsEnded() {
    var over = new CountDownLatch(1);
    billing.answer(
        "/internal/v1/organizations/%d/invoices/19/bundle".formatted(organization),
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write(1);
          exchange.getResponseBody().flush();
          await(over);
        });
    assertThatThrownBy(() -> api.get("/v1/invoices/19/bundle", own.secret()))
        .hasStackTraceContaining("IOException");
    over.countDown();
    freeAgain();
  }

  /** Whatever a caller sends, the path that billing is asked names its key's own project. */
  @Test
  void exportsAreOfTheKeysOwnProject() {
    String exports =
        "/internal/v1/organizations/%d/projects/%d/exports".formatted(organization, project);
    String job =
        """
        {"export_id":"5","organization_id":"1","project_id":"1","dataset":"usage_records",
         "format":"csv","columns":[],"from":"2026-11-01T00:00:00Z","to":"2026-11-02T00:00:00Z",
         "target":null,"status":"done","rows_read":"0","error":null,"manifest":{"rows":"0"},
         "downloadable":true,"requested_by":"key 1","created_at":"2026-11-03T00:00:00Z",
         "finished_at":"2026-11-03T00:00:01Z","schedule_id":null}
        """;
    billing.say(exports, 200, job);
    String body = "{\"dataset\":\"usage_records\",\"from\":\"2026-11-01\",\"to\":\"2026-11-02\"}";
    HttpResponse<String> made = post("/v1/exports", own.secret(), body, "again");
    assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
    assertThat(made.body()).contains("\"id\":\"5\"").doesNotContain("requested_by", "target");
    post("/v1/exports", own.secret(), body, "again");
    post("/v1/exports", own.secret(), body, "another");
    List<String> commands =
        billing.bodies().stream()
            .map(sent -> JsonMapper.shared().readTree(sent).path("command_id").asString())
            .toList();
    assertThat(commands.get(1)).isEqualTo(commands.get(0)).isNotEqualTo(commands.get(2));
    assertThat(post("/v1/exports", stranger, body, "again").statusCode()).isEqualTo(404);
    assertThat(billing.asked().getLast()).doesNotContain("organizations/" + organization + "/");
    for (String member : List.of("project_id", "organization_id", "command_id", "by_operator")) {
      String more = body.replace("{", "{\"" + member + "\":\"1\",");
      assertThat(post("/v1/exports", own.secret(), more, "x").body())
          .as(member)
          .contains("unsupported_parameter");
    }
    billing.say(exports, 200, "{\"exports\":[" + job + "],\"next\":\"5\"}");
    JsonNode page = json("/v1/exports?limit=1");
    assertThat(page.path("has_more").asBoolean(false)).isTrue();
    assertThat(page.path("last_id").asString()).isEqualTo("5");
    billing.say(exports + "/5", 200, job);
    billing.say(exports + "/5/cancel", 409, "{\"code\":\"already_decided\",\"detail\":\"ended\"}");
    billing.say(exports + "/5/files", 200, "a,b\n");
    assertThat(json("/v1/exports/5").path("status").asString()).isEqualTo("done");
    assertThat(post("/v1/exports/5/cancel", own.secret(), "{}", "y").statusCode()).isEqualTo(409);
    assertThat(api.get("/v1/exports/5/files/usage_records-00001.csv", own.secret()).body())
        .isEqualTo("a,b\n");
    assertThat(billing.asked().getLast()).endsWith("/5/files?name=usage_records-00001.csv");
    for (String path : List.of("", "/files/manifest.json", "/files/..%2fx")) {
      assertThat(status("/v1/exports/5" + path, stranger)).as(path).isIn(400, 404);
    }
    billing.say(exports, 503, "{\"code\":\"too_many_exports\",\"detail\":\"2 are running\"}");
    assertThat(post("/v1/exports", own.secret(), body, "z").statusCode()).isEqualTo(429);
    billing.say(exports, 409, "{\"code\":\"command_conflict\",\"detail\":\"x\"}");
    assertThat(post("/v1/exports", own.secret(), body, "z").body())
        .contains("idempotency_conflict");
  }

  private HttpResponse<String> post(String path, String secret, String body, String key) {
    return api.send(
        HttpRequest.newBuilder(api.uri(path))
            .header("Authorization", "Bearer " + secret)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", key)
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private void freeAgain() {
    billing.say(
        "/internal/v1/organizations/%d/invoices/17/bundle".formatted(organization), 200, "PK");
    Await.until("its place", () -> status("/v1/invoices/17/bundle", own.secret()) == 200);
  }

  /** A client that has sent its request and reads nothing. */
  private Socket asks(String path) throws IOException {
    return asks(path, own.secret());
  }

  private Socket asks(String path, String secret) throws IOException {
    var socket = new Socket();
    socket.setReceiveBufferSize(4_096);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), api.uri("/").getPort()));
    socket
        .getOutputStream()
        .write(
            "GET %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n"
                .formatted(path, secret)
                .getBytes(US_ASCII));
    return socket;
  }

  @Test
  void theLogIsAnybodys() {
    billing.say("/internal/v1/log/checkpoint", 200, "a\n0\nb\n");
    billing.say("/internal/v1/log/tile/0/x001/234.p/5", 200, "tile");
    assertThat(api.get("/log/checkpoint", "").body()).isEqualTo("a\n0\nb\n");
    HttpResponse<String> tile = api.get("/log/tile/0/x001/234.p/5", "");
    assertThat(tile.body()).isEqualTo("tile");
    assertThat(tile.headers().firstValue("cache-control").orElseThrow()).contains("immutable");
    for (String path : List.of("/log/tile/0/1", "/log", "/log/x")) {
      assertThat(status(path, "")).as(path).isEqualTo(404);
    }
  }

  private int status(String path, String secret) {
    return api.get(path, secret).statusCode();
  }

  /** Whatever a caller sends, its key decides whose money it sees. */
  @ParameterizedTest
  @ValueSource(strings = {"/v1/limits", "/v1/balance", "/user/balance"})
  void nobodyAsksForAnother(String path) {
    api.get(
        path
            + "?organization=%1$d&project=%2$d&organization_id=%1$d"
                .formatted(organization, project),
        stranger);
    assertThat(billing.asked())
        .hasSize(1)
        .noneMatch(asked -> asked.contains("organization=" + organization + "&"))
        .noneMatch(asked -> asked.contains("/organizations/" + organization + "/"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/limits", "/v1/balance", "/user/balance"})
  void saysLaterWhileBillingIsAway(String path) {
    billing.forget();
    for (int status : List.of(500, 503)) {
      billing.say("/internal/v1/limits", status, "{}");
      billing.say("/internal/v1/organizations/%d/balance".formatted(organization), status, "{}");
      HttpResponse<String> away = api.get(path, own.secret());
      assertThat(away.statusCode()).isEqualTo(503);
      assertThat(away.body())
          .contains("\"code\":\"metering_unavailable\"", "\"charged\":\"0\"", "\"request_id\"");
      assertThat(away.headers().firstValue("x-should-retry")).contains("true");
      assertThat(away.headers().firstValue("retry-after")).contains("5");
    }
  }

  /** One tenant keeps four of billing's threads busy at most. */
  @Test
  void aTenantAsksFourThingsAtOnce() {
    var asked = new CountDownLatch(4);
    var answer = new CountDownLatch(1);
    billing.answer(
        "/internal/v1/limits",
        exchange -> {
          asked.countDown();
          await(answer);
          FakeReports.send(exchange, 200, LIMITS.formatted(organization, project));
        });
    List<CompletableFuture<HttpResponse<String>>> running =
        Stream.generate(
                () ->
                    CompletableFuture.supplyAsync(
                        () -> api.get("/v1/limits", own.secret()), THREADS))
            .limit(4)
            .toList();
    await(asked);
    HttpResponse<String> fifth = api.get("/v1/balance", own.secret());
    assertThat(fifth.statusCode()).isEqualTo(429);
    assertThat(fifth.body()).contains("\"code\":\"rate_limit_exceeded\"");
    assertThat(fifth.headers().firstValue("retry-after")).contains("1");
    answer.countDown();
    running.forEach(request -> assertThat(request.join().statusCode()).isEqualTo(200));
    assertThat(api.get("/v1/balance", own.secret()).statusCode()).isEqualTo(200);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(4, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/limits", "/v1/balance", "/user/balance"})
  void needsAKeyThatHolds(String path) {
    assertThat(api.get(path, "sk-r1-nobody").statusCode()).isEqualTo(401);
    Keys keys = api.bean(Keys.class);
    IssuedKey gone = keys.issue(project, "gone", null);
    assertThat(api.get(path, gone.secret()).statusCode()).isEqualTo(200);
    keys.revoke(gone.key().id(), gone.key().version());
    Await.until(
        "the revocation", () -> api.get(path, gone.secret()).body().contains("key_revoked"));
  }

  private JsonNode json(String path) {
    HttpResponse<String> answer = api.get(path, own.secret());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JsonMapper.shared().readTree(answer.body());
  }
}
