package io.r1platform.api.relay;

import static io.r1platform.api.relay.Wire.DONE;
import static io.r1platform.api.relay.Wire.finish;
import static io.r1platform.api.relay.Wire.token;
import static io.r1platform.api.relay.Wire.usageChunk;
import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Await;
import io.r1platform.api.Browser;
import io.r1platform.api.RunningApi;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.RequestId;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.keys.Keys;
import io.r1platform.api.tenants.OrganizationView;
import io.r1platform.api.tenants.Tenants;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** What an operator sets of an organization, as its requests and the engine feel it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OrganizationsIT {
  private static final String CHAT =
      """
      {"model":"r1-nano","messages":[{"role":"user","content":"hi"}]}\
      """;
  private static final String STREAM = CHAT.replace("{\"model\"", "{\"stream\":true,\"model\"");
  private static final String REASON = "{\"reason\":\"An invoice is overdue.\"}";

  private final Gateway gateway =
      new Gateway(
          Map.of(
              "r1.api.batches.look-every",
              "50ms",
              "r1.api.batches.try-after",
              "100ms",
              "r1.api.batches.of-batch", // so that lines are left when it is suspended
              "2"));
  private final BatchClient client = new BatchClient(gateway.api, gateway.key);
  private String path;
  private Browser operator;
  private String otherKey;

  @BeforeAll
  void start() {
    path = "/admin/api/organizations/" + gateway.organizationId;
    operator = Browser.loggedIn(gateway.api);
    Tenants tenants = gateway.api.bean(Tenants.class);
    long other = tenants.createProject(tenants.createOrganization("Other").id(), "Chat").id();
    otherKey = gateway.api.bean(Keys.class).issue(other, "other", null).secret();
  }

  /** Whatever became of a test: the next one finds it going on. */
  @AfterEach
  void goOn() {
    if (seen().suspendedAt() != null) {
      resume();
    }
  }

  @AfterAll
  void stop() {
    gateway.close();
  }

  @Test
  void aNewWeightHoldsForKeysInMemoryToo() {
    gateway.engine.does(chat -> chat.stream().write(usageChunk(0, 0, "stop") + DONE));
    assertThat(weightOfNext()).isEqualTo("3");
    Tenants tenants = gateway.api.bean(Tenants.class);
    OrganizationView seen = seen();
    assertThat(tenants.weigh(seen.id(), seen.version(), 7).weight()).isEqualTo(7);
    Await.until("the new weight", () -> weightOfNext().equals("7"));
  }

  private String weightOfNext() {
    assertThat(gateway.chat(STREAM).statusCode()).isEqualTo(200);
    return gateway.engine.chats().getLast().header("x-r1-weight");
  }

  @Test
  void aSuspendedOneBeginsNothingAndWhatRunsIsCharged() throws IOException {
    var go = new CountDownLatch(1);
    gateway.engine.does(
        chat -> {
          chat.stream().write(token(1, "reasoning_content", "We"));
          go.await(20, TimeUnit.SECONDS);
          chat.write(token(2, "content", "end"))
              .write(finish(2, "stop") + usageChunk(1, 1, "stop") + DONE);
        });
    HttpResponse<InputStream> running = gateway.open(STREAM);
    try (InputStream body = running.body()) {
      Gateway.readUntil(body, "We");
      suspend();
      awaitRefusal();
      int asked = gateway.engine.chats().size();
      JsonNode refusal = Browser.json(gateway.chat(STREAM));
      assertThat(refusal.at("/error/code").asString()).isEqualTo("organization_suspended");
      assertThat(refusal.at("/error/charged").asString()).isEqualTo("0");
      for (String begins :
          List.of("/v1/completions", "/v1/tokenize", "/v1/quotes", "/v1/files", "/v1/batches")) {
        assertThat(gateway.post(begins, CHAT).body()).as(begins).contains("organization_suspended");
      }
      String id = Gateway.id(running);
      for (String reads : List.of("/v1/models", "/v1/batches", "/v1/requests/" + id)) {
        assertThat(gateway.get(reads).statusCode()).as(reads).isEqualTo(200);
      }
      assertThat(gateway.post("/v1/requests/" + UUID.randomUUID() + "/cancel", "").statusCode())
          .isEqualTo(404);
      assertThat(gateway.engine.chats()).hasSize(asked);
      go.countDown();
      assertThat(Gateway.readUntil(body, "[DONE]")).contains("end");
      assertThat(gateway.finalOf(id).amountPico()).isPositive();
      assertThat(gateway.chatAs(otherKey, STREAM).statusCode()).isEqualTo(200);
    }
    resume();
    Await.until("it goes on", () -> gateway.chat(STREAM).statusCode() == 200);
  }

  /** What is charged is not withheld: a repeat begins nothing. */
  @Test
  void whatItBeganUnderAKeyIsFetchedAllTheSame() throws IOException {
    var go = new CountDownLatch(1);
    gateway.engine.does(
        chat -> {
          chat.stream().write(token(1, "reasoning_content", "We"));
          go.await(20, TimeUnit.SECONDS);
          chat.write(token(2, "content", "end"))
              .write(finish(2, "stop") + usageChunk(1, 1, "stop") + DONE);
        });
    try (var client = new KeyedClient(gateway.api, gateway.key)) {
      try (InputStream cut = client.open("cut", STREAM, 0).body()) {
        Gateway.readUntil(cut, "We");
      }
      suspend();
      awaitRefusal();
      int asked = gateway.engine.chats().size();
      go.countDown();
      assertThat(client.resume("cut", STREAM, 1).body()).contains("end", "[DONE]");
      KeyedClient.awaitStored(gateway.api);
      assertThat(client.chat("cut", STREAM).body()).contains("We", "end", "[DONE]");
      HttpResponse<String> fresh = client.chat("fresh", STREAM);
      assertThat(fresh.statusCode()).isEqualTo(403);
      assertThat(fresh.body()).contains("organization_suspended", "\"charged\":\"0\"");
      assertThat(gateway.engine.chats()).hasSize(asked);
      resume();
      Await.until("it goes on", () -> client.chat("fresh", STREAM).statusCode() == 200);
    }
  }

  /** A key is looked at before the body comes, which may take half a minute. */
  @Test
  void whatWasLetInBeforeBeginsNothingAfter() {
    gateway.engine.does(BatchesIT::answer);
    Caller before = gateway.caller();
    assertThat(before.suspended()).isFalse();
    suspend();
    awaitRefusal();
    int asked = gateway.engine.chats().size();
    var now = RunningApi.START;
    LineRuns.End end =
        gateway
            .api
            .bean(LineRuns.class)
            .run(
                before,
                LineRuns.Endpoint.CHAT,
                CHAT.getBytes(StandardCharsets.UTF_8),
                RequestId.at(now),
                now,
                (id, status, body) -> CompletableFuture.completedFuture(null))
            .orTimeout(20, TimeUnit.SECONDS)
            .join();
    assertThat(end)
        .isInstanceOfSatisfying(
            LineRuns.Refused.class,
            refused ->
                assertThat(refused.why().code()).isEqualTo(ErrorCode.ORGANIZATION_SUSPENDED));
    assertThat(gateway.engine.chats()).hasSize(asked);
  }

  @Test
  void itsBatchesWaitUntilItGoesOn() {
    var go = new CountDownLatch(1);
    gateway.engine.does(
        chat -> {
          go.await(20, TimeUnit.SECONDS);
          BatchesIT.answer(chat);
        });
    String batch = client.batch(BatchClient.lines(12));
    Await.until("lines run", () -> gateway.engine.chats().size() > 0);
    suspend();
    awaitRefusal();
    int asked = gateway.engine.chats().size();
    go.countDown();
    Await.until(
        "it waits",
        () ->
            client.see(batch).at("/blocked_by/code").asString("").equals("organization_suspended"));
    assertThat(client.see(batch).at("/request_counts/failed").asInt()).isZero();
    assertThat(gateway.engine.chats()).as("no new line ran").hasSize(asked);
    resume();
    JsonNode ended = client.awaitStatus(batch, "completed");
    assertThat(ended.path("blocked_by").isNull()).isTrue();
    assertThat(client.content(ended, "output_file_id")).hasSize(12);
  }

  @Test
  void whoSuspendsSaysWhyAndHasSeenIt() {
    String version = Long.toString(seen().version());
    String suspend = path + "/suspend";
    assertThat(operator.post(suspend, REASON).statusCode()).isEqualTo(428);
    assertThat(operator.post(suspend, REASON, "If-Match", "99").statusCode()).isEqualTo(412);
    assertThat(operator.post(suspend, "{}", "If-Match", version).statusCode()).isEqualTo(400);
    assertThat(
            operator
                .post(suspend, REASON.replace("overdue", "x".repeat(200)), "If-Match", version)
                .statusCode())
        .isEqualTo(422);
    assertThat(operator.post(path + "/resume", "", "If-Match", version).statusCode())
        .isEqualTo(409);
    var tried = operator.post(suspend + "?dry_run=true", REASON, "If-Match", version);
    assertThat(Browser.json(tried).get("suspended_at").isNull()).isFalse();
    assertThat(seen().suspendedAt()).isNull();
    long trail = trail();

    String[] once = {"If-Match", version, "Idempotency-Key", "suspend-once"};
    var done = operator.post(suspend, REASON, once);
    assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
    assertThat(operator.post(suspend, REASON, once).headers().firstValue("x-r1-replayed"))
        .contains("true");
    JsonNode item = Browser.json(done);
    assertThat(item.get("suspended_because").asString()).isEqualTo("An invoice is overdue.");
    String next = item.get("version").asString();
    assertThat(operator.post(suspend, REASON, "If-Match", next).statusCode()).isEqualTo(409);
    assertThat(operator.read("/admin/api/organizations").toString())
        .contains("An invoice is overdue.");
    assertThat(trail()).isEqualTo(trail + 1);
    var resumed = operator.post(path + "/resume", "", "If-Match", next);
    assertThat(Browser.json(resumed).get("suspended_at").isNull()).isTrue();
    assertThat(
            JdbcClient.create(gateway.database.superuser())
                .sql(
                    """
                    select action || ' ' || coalesce(before ->> 'suspended_because', '-')
                      || ' ' || coalesce(after ->> 'suspended_because', '-')
                    from api.audit_event where organization_id = ? order by id desc limit 2
                    """)
                .param(gateway.organizationId)
                .query(String.class)
                .list())
        .containsExactly(
            "organization.resumed An invoice is overdue. -",
            "organization.suspended - An invoice is overdue.");
  }

  private long trail() {
    return JdbcClient.create(gateway.database.superuser())
        .sql("select count(*) from api.audit_event")
        .query(Long.class)
        .single();
  }

  private OrganizationView seen() {
    return gateway.api.bean(Tenants.class).organization(gateway.organizationId);
  }

  private void suspend() {
    var answer =
        operator.post(path + "/suspend", REASON, "If-Match", Long.toString(seen().version()));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  /** A completion that is let in a moment before would wait for what the test does after this. */
  private void awaitRefusal() {
    Await.until("it is refused", () -> gateway.post("/v1/batches", "{}").statusCode() == 403);
  }

  private void resume() {
    var answer = operator.post(path + "/resume", "", "If-Match", Long.toString(seen().version()));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }
}
