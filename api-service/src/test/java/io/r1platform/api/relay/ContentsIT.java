package io.r1platform.api.relay;

import static io.r1platform.api.relay.Wire.DONE;
import static io.r1platform.api.relay.Wire.finish;
import static io.r1platform.api.relay.Wire.r1;
import static io.r1platform.api.relay.Wire.token;
import static io.r1platform.api.relay.Wire.usage;
import static io.r1platform.api.relay.Wire.usageChunk;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.api.Await;
import io.r1platform.api.Browser;
import io.r1platform.api.OpenApi;
import io.r1platform.api.RunningApi;
import io.r1platform.api.contents.Contents;
import io.r1platform.api.keys.KeyCheck;
import io.r1platform.api.keys.KeyChecks;
import io.r1platform.api.keys.KeyTerms;
import io.r1platform.api.keys.Keys;
import io.r1platform.api.keys.Rights;
import io.r1platform.api.keys.Scope;
import io.r1platform.api.tenants.Tenants;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Prompts and answers: stored where a project wants that, and nowhere else. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ContentsIT {
  private static final String PROMPT = "a prompt that nobody else may read";
  private static final String BODY =
      "{\"model\":\"r1-nano\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]%s}";

  private Gateway gateway;
  private JdbcClient superuser;
  private long projectId;

  @BeforeAll
  void start() {
    gateway =
        new Gateway(
            Map.of(
                "r1.api.contents.entry-limit",
                "64KB",
                "r1.api.contents.memory",
                "256KB",
                "r1.api.contents.project-bytes",
                "40KB",
                "r1.api.contents.count-every",
                "1ms",
                "r1.api.contents.tries",
                "1"));
    superuser = JdbcClient.create(gateway.database.superuser());
    projectId = gateway.caller().projectId();
  }

  @AfterAll
  void stop() {
    gateway.close();
  }

  @BeforeEach
  void storeFromNowOn() {
    keep(null);
    keep(30);
    gateway.engine.does(chat -> answer(chat, "the answer"));
  }

  @Test
  void storesNothingUnlessTheProjectAsksForIt() {
    keep(null);
    String id = Gateway.id(gateway.chat(body("")));
    gateway.finalOf(id);
    assertThat(rows()).isZero();
    assertThat(content(id).statusCode()).isEqualTo(404);
    long fresh =
        gateway.api.bean(Tenants.class).createProject(gateway.organizationId, "Fresh").id();
    assertThat(gateway.api.bean(Tenants.class).project(fresh).orElseThrow().contentDays()).isNull();
  }

  @Test
  void showsWhatCameAndWhatWentOutByteForByte() {
    HttpResponse<String> json = gateway.chat(body(""));
    JsonNode stored = stored(Gateway.id(json));
    assertThat(stored.at("/object").asString()).isEqualTo("request.content");
    assertThat(stored.at("/created_at").asString()).isEqualTo("2026-11-22T10:00:00Z");
    assertThat(stored.at("/expires_at").asString()).isEqualTo("2026-12-22T10:00:00Z");
    assertThat(stored.at("/request/path").asString()).isEqualTo("/v1/chat/completions");
    assertThat(stored.at("/request/body").asString()).isEqualTo(body(""));
    assertThat(stored.at("/response/status").asInt()).isEqualTo(200);
    assertThat(stored.at("/response/content_type").asString()).isEqualTo("application/json");
    assertThat(stored.at("/response/body").asString()).isEqualTo(json.body());

    gateway.engine.does(ContentsIT::stream);
    HttpResponse<String> stream = gateway.chat(body(",\"stream\":true"));
    JsonNode events = stored("chatcmpl-" + Gateway.id(stream));
    var description =
        new OpenApi(
            gateway.api.send(HttpRequest.newBuilder(gateway.api.uri("/openapi.json"))).body());
    for (JsonNode one : List.of(stored, events)) {
      assertThat(
              description.judge(description.answer("/v1/requests/{id}/content", "get", 200), one))
          .isEmpty();
    }
    assertThat(events.at("/response/content_type").asString()).isEqualTo("text/event-stream");
    assertThat(events.at("/response/body").asString()).isEqualTo(stream.body()).endsWith(DONE);
  }

  @Test
  void storesTheAnswerToARequestWithAnIdempotencyKeyOnce() {
    try (var client = new KeyedClient(gateway.api, gateway.key)) {
      HttpResponse<String> first = client.chat("content-1", body(""));
      assertThat(client.chat("content-1", body("")).body()).isEqualTo(first.body());
      assertThat(stored(Gateway.id(first)).at("/response/body").asString()).isEqualTo(first.body());
      assertThat(rows()).isEqualTo(1);
    }
  }

  @Test
  void storesWhatWasGeneratedWhenTheClientLeaves() throws IOException {
    gateway.engine.does(
        chat -> {
          chat.stream().write(token(1, "content", "half of it"));
          chat.awaitCancel();
          chat.write(finish(1, "stop") + usageChunk(0, 1, "cancelled") + DONE);
        });
    HttpResponse<InputStream> answer = gateway.open(body(",\"stream\":true"));
    try (InputStream body = answer.body()) {
      Gateway.readUntil(body, "half of it");
    }
    assertThat(stored(Gateway.id(answer)).at("/response/body").asString()).contains("half of it");
  }

  @Test
  void storesTheRequestThatFailedWithoutAnAnswer() {
    gateway.engine.does(chat -> chat.error(500, "internal_error", "no"));
    HttpResponse<String> failed = gateway.chat(body(""));
    JsonNode stored = stored(Gateway.id(failed));
    assertThat(stored.at("/request/body").asString()).isEqualTo(body(""));
    assertThat(stored.at("/response/status").asInt()).isEqualTo(failed.statusCode());
    assertThat(stored.at("/response/body").isNull()).isTrue();
  }

  @Test
  void nothingIsStoredInClearOrOpensInAnotherRow() {
    String first = Gateway.id(gateway.chat(body("")));
    String second = Gateway.id(gateway.chat(body(",\"seed\":7")));
    stored(first);
    stored(second);
    for (String text : List.of(PROMPT, "the answer", "messages")) {
      assertThat(
              superuser
                  .sql(
                      """
                      select count(*) from api.request_content
                      where position(convert_to(?, 'UTF8') in content) > 0\
                      """)
                  .param(text)
                  .query(Integer.class)
                  .single())
          .as(text)
          .isZero();
    }
    superuser
        .sql(
            """
            update api.request_content set content =
              (select content from api.request_content where event_id = cast(? as uuid))
            where event_id = cast(? as uuid)\
            """)
        .params(first, second)
        .update();
    assertThat(content(second).statusCode()).isEqualTo(404);
    assertThat(content(first).statusCode()).isEqualTo(200);
  }

  @Test
  void onlyAKeyOfItsProjectReadsIt() {
    String id = Gateway.id(gateway.chat(body("")));
    stored(id);
    Keys keys = gateway.api.bean(Keys.class);
    long other =
        gateway.api.bean(Tenants.class).createProject(gateway.organizationId, "Other").id();
    String path = "/v1/requests/" + id + "/content";
    String stranger = keys.issue(other, "stranger", null).secret();
    assertThat(gateway.api.get(path, stranger).statusCode()).isEqualTo(404);
    assertThat(delete(path, stranger).statusCode()).isEqualTo(404);
    Rights finance = new Rights(Set.of(Scope.USAGE_READ, Scope.BATCH), null, List.of());
    String counting = keys.issue(projectId, new KeyTerms("finance", null, finance)).secret();
    assertThat(gateway.api.get(path, counting).statusCode()).isEqualTo(403);
    assertThat(delete(path, counting).statusCode()).isEqualTo(403);
    assertThat(content(id).statusCode()).isEqualTo(200);
  }

  @Test
  void theOperatorReadsNone() {
    String id = Gateway.id(gateway.chat(body("")));
    stored(id);
    var browser = Browser.loggedIn(gateway.api);
    assertThat(browser.get("/v1/requests/" + id + "/content").statusCode()).isEqualTo(401);
    gateway.api.bean(RequestMappingHandlerMapping.class).getHandlerMethods().keySet().stream()
        .flatMap(mapping -> mapping.getPatternsCondition().getPatterns().stream())
        .map(pattern -> pattern.getPatternString())
        .filter(path -> path.startsWith("/admin"))
        .map(path -> path.replaceAll("\\{[^}]*}", id))
        .forEach(path -> assertThat(browser.get(path).body()).as(path).doesNotContain(PROMPT));
  }

  @Test
  void aTenantDeletesIt() {
    String id = Gateway.id(gateway.chat(body("")));
    stored(id);
    String path = "/v1/requests/" + id + "/content";
    assertThat(delete(path, gateway.key).statusCode()).isEqualTo(204);
    assertThat(content(id).statusCode()).isEqualTo(404);
    assertThat(contentRows()).isZero();
    assertThat(delete(path, gateway.key).statusCode()).as("again").isEqualTo(204);
    assertThat(delete("/v1/requests/" + new java.util.UUID(7, 7) + "/content", gateway.key))
        .satisfies(none -> assertThat(none.statusCode()).isEqualTo(404));
  }

  @Test
  void whatIsDeletedWhileItRunsIsNeverWritten() throws IOException {
    double withdrawn = count("withdrawn");
    whileAStreamRuns(
        id ->
            assertThat(delete("/v1/requests/" + id + "/content", gateway.key).statusCode())
                .isEqualTo(204));
    Await.until("it is dropped", () -> count("withdrawn") == withdrawn + 1);
    assertThat(contentRows()).isZero();
  }

  @Test
  void optingOutHidesAllForEverAndWhatStillRunsIsNotWritten() throws IOException {
    String old = Gateway.id(gateway.chat(body("")));
    stored(old);
    double withdrawn = count("withdrawn");
    whileAStreamRuns(
        id -> {
          optOutByTheAdminApi();
          assertThat(content(old).statusCode()).isEqualTo(404);
          gateway.api.clock().set(RunningApi.START.plusSeconds(1));
          keep(30); // wanted again, but not from when this one began
        });
    Await.until("it is dropped", () -> count("withdrawn") == withdrawn + 1);
    assertThat(content(old).statusCode()).as("wanted again").isEqualTo(404);
    gateway.api.bean(Contents.class).sweep();
    gateway.api.clock().set(RunningApi.START);
    assertThat(rows()).isZero();
  }

  @Test
  void whatIsOldIsHiddenThenRemoved() {
    String id = Gateway.id(gateway.chat(body("")));
    stored(id);
    gateway.api.clock().set(RunningApi.START.plus(Duration.ofDays(30)));
    assertThat(content(id).statusCode()).isEqualTo(404);
    gateway.api.bean(Contents.class).sweep();
    gateway.api.clock().set(RunningApi.START);
    assertThat(rows()).isZero();
    Await.until( // a month ahead, its leases were over
        "requests are let in again", () -> gateway.chat(body("")).statusCode() == 200);
  }

  @Test
  void whatIsTooLargeOrTooMuchIsDroppedAndTheRequestGoesOn() {
    double large = count("too_large");
    String huge = BODY.formatted("x".repeat(70_000), "");
    assertThat(gateway.chat(huge).statusCode()).isEqualTo(200);
    assertThat(count("too_large")).isEqualTo(large + 1);

    double full = count("project_full");
    var random = new java.util.Random(5);
    for (int i = 0; i < 3; i++) {
      var noise = new StringBuilder();
      random
          .ints(26_000, '0', 'z' + 1)
          .filter(Character::isLetterOrDigit)
          .forEach(noise::appendCodePoint);
      assertThat(gateway.chat(BODY.formatted(noise, "")).statusCode()).isEqualTo(200);
      idle();
    }
    assertThat(count("project_full")).isPositive().isGreaterThan(full);
    assertThat(
            superuser
                .sql("select sum(octet_length(content)) from api.request_content")
                .query(Long.class)
                .single())
        .isLessThanOrEqualTo(40 << 10);
  }

  @Test
  void memoryIsBoundedAndGivenBack() throws IOException {
    double dropped = count("memory");
    var go = new CountDownLatch(1);
    gateway.engine.does(
        chat -> {
          chat.json();
          go.await(20, TimeUnit.SECONDS);
          chat.write("{\"choices\":[{\"x\":1}]," + usage(4, 1) + "," + r1("stop") + "}");
        });
    String large = BODY.formatted("x".repeat(40_000), "");
    var answers =
        java.util.stream.Stream.generate(() -> gateway.chatAsync(large)).limit(5).toList();
    Await.until("all run", () -> gateway.engine.chats().size() == 5);
    assertThat(count("memory")).as("half of it is for one project").isEqualTo(dropped + 2);
    assertThat(held()).isBetween(120_000.0, 131_072.0);
    go.countDown();
    assertThat(answers).allMatch(answer -> answer.join().statusCode() == 200);
    idle();
    assertThat(held()).isZero();
  }

  @Test
  void aDatabaseThatTakesNothingCostsNoRequest() {
    double failed = count("failed");
    superuser.sql("revoke insert on api.request_content from r1_api").update();
    try {
      assertThat(gateway.chat(body("")).statusCode()).isEqualTo(200);
      Await.until("it is given up", () -> count("failed") == failed + 1);
    } finally {
      superuser.sql("grant insert on api.request_content to r1_api").update();
    }
    idle();
    assertThat(held()).isZero();
  }

  private interface Step {
    void with(String id) throws IOException;
  }

  private void whileAStreamRuns(Step step) throws IOException {
    var go = new CountDownLatch(1);
    gateway.engine.does(
        chat -> {
          chat.stream().write(token(1, "content", "begun"));
          go.await(20, TimeUnit.SECONDS);
          chat.write(finish(1, "stop") + usageChunk(0, 1, "stop") + DONE);
        });
    HttpResponse<InputStream> answer = gateway.open(body(",\"stream\":true"));
    try (InputStream body = answer.body()) {
      Gateway.readUntil(body, "begun");
      step.with(Gateway.id(answer));
      go.countDown();
      Gateway.readUntil(body, "[DONE]");
    }
  }

  private void optOutByTheAdminApi() {
    long version = gateway.api.bean(Tenants.class).project(projectId).orElseThrow().version();
    HttpResponse<String> set =
        Browser.loggedIn(gateway.api)
            .put(
                "/admin/api/projects/%d/content".formatted(projectId),
                "{\"days\":null}",
                "If-Match",
                "\"" + version + "\"");
    assertThat(set.statusCode()).as(set.body()).isEqualTo(200);
    await(false);
  }

  /** Sets how long the project keeps contents, and waits until its key's rights say so. */
  private void keep(@Nullable Integer days) {
    Tenants tenants = gateway.api.bean(Tenants.class);
    long version = tenants.project(projectId).orElseThrow().version();
    tenants.keepContent(projectId, version, days);
    if (days == null) {
      idle();
      superuser.sql("delete from api.request_content").update();
    }
    await(days != null);
  }

  private void await(boolean kept) {
    Await.until(
        "the key's rights",
        () ->
            gateway.api.bean(KeyChecks.class).check(gateway.key, null).join()
                    instanceof KeyCheck.Accepted accepted
                && accepted.caller().keepsContent() == kept);
  }

  private static void answer(FakeEngine.Chat chat, String text) throws IOException {
    chat.json()
        .write(
            "{\"choices\":[{\"message\":{\"content\":\"%s\"}}],%s,%s}"
                .formatted(text, usage(4, 1), r1("stop")));
  }

  private static void stream(FakeEngine.Chat chat) throws IOException {
    chat.stream()
        .write(token(1, "content", "Wörter"))
        .write(finish(1, "stop") + usageChunk(0, 1, "stop") + DONE);
  }

  private static String body(String fields) {
    return BODY.formatted(PROMPT, fields);
  }

  private HttpResponse<String> content(String id) {
    return gateway.get("/v1/requests/" + id + "/content");
  }

  /** What is stored of a request, once it is. */
  private JsonNode stored(String id) {
    return Await.value(
        "the content of " + id,
        () -> {
          HttpResponse<String> answer = content(id);
          return answer.statusCode() == 200 ? JsonMapper.shared().readTree(answer.body()) : null;
        });
  }

  private HttpResponse<String> delete(String path, String key) {
    return gateway.api.send(
        HttpRequest.newBuilder(gateway.api.uri(path))
            .header("Authorization", "Bearer " + key)
            .DELETE());
  }

  /** Nothing runs that would be stored, and nothing waits to be. */
  private void idle() {
    Await.until(
        "all is written", () -> held() == 0 && gateway.api.bean(Contents.class).waiting() == 0);
  }

  private long rows() {
    return superuser.sql("select count(*) from api.request_content").query(Long.class).single();
  }

  private long contentRows() {
    return superuser
        .sql("select count(content) from api.request_content")
        .query(Long.class)
        .single();
  }

  private double count(String outcome) {
    return gateway.api.bean(MeterRegistry.class).counter("r1.contents", "outcome", outcome).count();
  }

  private double held() {
    return gateway.api.bean(MeterRegistry.class).get("r1.contents.bytes").gauge().value();
  }
}
