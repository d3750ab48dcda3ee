package io.r1platform.api.relay;

import static io.r1platform.api.relay.BatchClient.line;
import static io.r1platform.api.relay.BatchClient.lines;
import static io.r1platform.api.relay.BatchClient.names;
import static io.r1platform.api.relay.Wire.r1;
import static io.r1platform.api.relay.Wire.usage;
import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Await;
import io.r1platform.api.RunningApi;
import io.r1platform.api.files.FileSweeps;
import io.r1platform.api.keys.Keys;
import io.r1platform.api.tenants.Tenants;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Batches of one replica, from the upload to the output. */
class BatchesIT {
  /** 2 cached and 10 other prompt tokens, 5 of output, at half of the list. */
  private static final BigDecimal LINE_COST = new BigDecimal("0.000008365");

  private Gateway gateway;
  private BatchClient client;
  private JdbcClient database;

  @BeforeEach
  void start() {
    gateway =
        new Gateway(
            Map.of(
                "r1.api.batches.look-every", "50ms",
                "r1.api.batches.try-after", "100ms",
                "r1.api.batches.of-batch", "4",
                "r1.api.batches.lines", "30"));
    client = new BatchClient(gateway.api, gateway.key);
    database = gateway.api.bean(JdbcClient.class);
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  /** Answers with 2 reasoning and 3 answer tokens. */
  static void answer(FakeEngine.Chat chat) throws java.io.IOException {
    chat.json()
        .write(
            """
            {"id":"chatcmpl-x","object":"chat.completion","created":1,"model":"r1-nano",
             "choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant",
             "reasoning_content":"We","content":"hi"}}],%s,%s}
            """
                .formatted(usage(2, 3), r1("stop")));
  }

  @Test
  void runsEveryLineOnceAndChargesItAtTheBatchPrice() {
    gateway.engine.does(BatchesIT::answer);
    JsonNode batch = client.awaitStatus(client.batch(lines(25)), "completed");
    assertThat(batch.path("request_counts").toString())
        .isEqualTo("{\"total\":25,\"completed\":25,\"failed\":0}");
    assertThat(batch.path("metadata").path("run").asString()).isEqualTo("7");
    List<JsonNode> output = client.content(batch, "output_file_id");
    assertThat(names(output)).doesNotHaveDuplicates().hasSize(25).startsWith("l1", "l2", "l3");
    assertThat(batch.path("error_file_id").isNull()).isTrue();
    for (JsonNode line : output) {
      JsonNode response = line.path("response");
      assertThat(line.path("error").isNull()).isTrue();
      assertThat(response.path("status_code").asInt()).isEqualTo(200);
      assertThat(new BigDecimal(response.path("body").path("usage").path("cost").asString()))
          .isEqualByComparingTo(LINE_COST);
      String id = response.path("request_id").asString();
      assertThat(new BigDecimal(gateway.finalOf(id).amountPico()).movePointLeft(12))
          .isEqualByComparingTo(LINE_COST);
      assertThat(gateway.flags(id) & 8).as("the record says that it is of a batch").isEqualTo(8);
      assertThat(gateway.rows(id, "F")).isEqualTo(1);
    }
    assertThat(count("select count(*) from usage_journal where kind = 'F'")).isEqualTo(25);
    assertThat(gateway.engine.chats())
        .hasSize(25)
        .allMatch(chat -> chat.header("x-r1-class").equals("batch"));
    Await.until("lines are forgotten", () -> count("select count(*) from batch_line") == 0);
  }

  @Test
  void linesOfAModelThatWasWithdrawnFailAndCostNothing() {
    gateway.engine.does(BatchesIT::answer);
    gateway.engine.unloads(true);
    Await.until(
        "it is not served", () -> !gateway.get("/v1/models").body().contains("\"r1-nano\""));
    JsonNode batch = client.awaitStatus(client.batch(lines(2)), "completed");
    List<JsonNode> errors = client.content(batch, "error_file_id");
    assertThat(names(errors)).containsExactlyInAnyOrder("l1", "l2");
    assertThat(errors)
        .allMatch(line -> line.at("/response/status_code").asInt() == 404)
        .allMatch(line -> line.toString().contains("model_not_found"));
    assertThat(gateway.engine.chats()).isEmpty();
    assertThat(count("select count(*) from usage_journal where kind = 'F'")).isZero();
  }

  @Test
  void oneLineTooManyRunsNone() {
    JsonNode batch = client.awaitStatus(client.batch(lines(31)), "failed");
    assertThat(batch.at("/errors/data/0/code").asString()).isEqualTo("too_many_lines");
    assertThat(gateway.engine.chats()).isEmpty();
    assertThat(count("select count(*) from usage_journal")).isZero();
  }

  @Test
  void putsLinesThatFailIntoTheErrorFile() {
    gateway.engine.does(
        chat -> {
          String body = new String(chat.body(), StandardCharsets.UTF_8);
          if (body.contains("hi 2")) {
            chat.error(400, "unsupported_content", "no");
          } else {
            answer(chat);
          }
        });
    String content = lines(3) + line("l4", "x").replace("r1-nano", "gpt-5");
    JsonNode batch = client.awaitStatus(client.batch(content), "completed");
    assertThat(names(client.content(batch, "output_file_id"))).containsExactly("l1", "l3");
    List<JsonNode> errors = client.content(batch, "error_file_id");
    assertThat(names(errors)).containsExactly("l2", "l4");
    assertThat(errors.get(0).path("response").path("status_code").asInt()).isEqualTo(400);
    assertThat(errors.get(1).path("response").path("status_code").asInt()).isEqualTo(404);
    assertThat(errors.get(1).at("/response/body/error/code").asString())
        .isEqualTo("model_not_found");
    assertThat(batch.path("request_counts").toString())
        .isEqualTo("{\"total\":4,\"completed\":2,\"failed\":2}");
  }

  @Test
  void triesALineAgainThatAnEngineFailedWithoutACharge() {
    var tries = new AtomicInteger();
    gateway.engine.does(
        chat -> {
          if (tries.incrementAndGet() < 3) {
            chat.error(502, "engine_failed", "broken");
          } else {
            answer(chat);
          }
        });
    JsonNode batch = client.awaitStatus(client.batch(lines(1)), "completed");
    assertThat(client.content(batch, "output_file_id")).hasSize(1);
    assertThat(tries).hasValue(3);
  }

  @Test
  void aBadFileFailsWhole() {
    gateway.engine.does(BatchesIT::answer);
    String content =
        line("a", "x")
            + line("a", "x")
            + "{\n"
            + line("b", "x").replace("POST", "GET")
            + line("c", "x").replace("\"max_tokens\":20", "\"stream\":true")
            + line("d", "x").replace("\"role\":\"user\"", "\"role\":\"assistant\"")
            + line("e", "x").replace("/v1/chat/completions", "/v1/completions")
            + "\n"
            + "{\"custom_id\":\"f\"}\n";
    JsonNode batch = client.awaitStatus(client.batch(content), "failed");
    assertThat(
            batch
                .path("errors")
                .path("data")
                .valueStream()
                .map(
                    fault ->
                        fault.path("line").asInt()
                            + " "
                            + fault.path("code").asString()
                            + " "
                            + (fault.path("param").isNull()
                                ? "-"
                                : fault.path("param").asString())))
        .containsExactly(
            "2 duplicate_custom_id custom_id",
            "3 invalid_json -",
            "4 unsupported_value method",
            "5 unsupported_value body.stream",
            "6 unsupported_value body.messages",
            "7 unsupported_value url",
            "9 missing_parameter method");
    assertThat(gateway.engine.chats()).isEmpty();
    Await.until("lines are forgotten", () -> count("select count(*) from batch_line") == 0);
    assertThat(client.awaitStatus(client.batch("\n"), "failed").toString()).contains("empty_file");
  }

  @Test
  void isSeenByItsOwnProjectOnly() {
    gateway.engine.does(BatchesIT::answer);
    String file = client.file(lines(1));
    String batch = client.batch(lines(1));
    JsonNode ended = client.awaitStatus(batch, "completed");
    Tenants tenants = gateway.api.bean(Tenants.class);
    long project = tenants.createProject(gateway.organizationId, "Other").id();
    var other =
        new BatchClient(
            gateway.api, gateway.api.bean(Keys.class).issue(project, "other", null).secret());
    String output = ended.path("output_file_id").asString();
    for (String id : List.of(file, output)) {
      assertThat(other.get("/v1/files/" + id).statusCode()).isEqualTo(404);
      assertThat(other.get("/v1/files/" + id + "/content").statusCode()).isEqualTo(404);
      assertThat(other.delete("/v1/files/" + id).statusCode()).isEqualTo(404);
    }
    assertThat(other.get("/v1/batches/" + batch).statusCode()).isEqualTo(404);
    assertThat(other.post("/v1/batches/" + batch + "/cancel").statusCode()).isEqualTo(404);
    assertThat(other.create(file, null).statusCode()).isEqualTo(404);
    assertThat(other.get("/v1/batches").body()).contains("\"data\":[]");
    assertThat(other.get("/v1/files").body()).contains("\"data\":[]");
    assertThat(other.get("/v1/batches?after=" + batch).statusCode()).isEqualTo(404);
    assertThat(other.get("/v1/files?after=" + file).statusCode()).isEqualTo(404);
    assertThat(client.create(output, null).statusCode()).as("no input of batches").isEqualTo(404);
  }

  @Test
  void aCancelLetsRunningLinesEndAndStartsNoOther() {
    var go = new CountDownLatch(1);
    gateway.engine.does(
        chat -> {
          assertThat(go.await(20, TimeUnit.SECONDS)).isTrue();
          answer(chat);
        });
    String batch = client.batch(lines(10));
    Await.until("four lines run", () -> gateway.engine.chats().size() == 4);
    assertThat(client.post("/v1/batches/" + batch + "/cancel").body())
        .contains("\"status\":\"cancelling\"");
    assertThat(client.post("/v1/batches/" + batch + "/cancel").statusCode()).isEqualTo(200);
    go.countDown();
    JsonNode ended = client.awaitStatus(batch, "cancelled");
    assertThat(names(client.content(ended, "output_file_id")))
        .containsExactly("l1", "l2", "l3", "l4");
    List<JsonNode> errors = client.content(ended, "error_file_id");
    assertThat(names(errors)).hasSize(6);
    assertThat(errors)
        .allMatch(line -> line.at("/error/code").asString().equals("batch_cancelled"));
    assertThat(gateway.engine.chats()).hasSize(4);
    assertThat(client.post("/v1/batches/" + batch + "/cancel").statusCode()).isEqualTo(409);
  }

  @Test
  void aCancelledBatchWaitsTenMinutesForItsLinesAndNoLonger() {
    gateway.engine.does(
        chat -> {
          chat.json();
          chat.awaitCancel();
          chat.write(
              "{\"error\":{\"code\":\"request_cancelled\",\"message\":\"x\"},%s,%s}"
                  .formatted(usage(0, 3), r1("cancelled")));
        });
    String batch = client.batch(lines(1));
    Await.until("it runs", () -> gateway.engine.chats().size() == 1);
    client.post("/v1/batches/" + batch + "/cancel");
    gateway.api.clock().advance(Duration.ofMinutes(9));
    assertThat(client.see(batch).path("status").asString()).isEqualTo("cancelling");
    assertThat(gateway.engine.wasCancelled(gateway.engine.chats().getFirst().id())).isFalse();
    gateway.api.clock().advance(Duration.ofMinutes(1));
    JsonNode ended = client.awaitStatus(batch, "cancelled");
    JsonNode line = client.content(ended, "error_file_id").getFirst();
    assertThat(line.at("/response/body/error/code").asString()).isEqualTo("request_cancelled");
    assertThat(line.at("/response/body/error/charged").asString()).isNotEqualTo("0");
  }

  @Test
  void afterADayWhatHasEndedIsDeliveredAndTheRestHasExpired() {
    var go = new CountDownLatch(1);
    var begun = new AtomicInteger();
    gateway.engine.does(
        chat -> {
          if (begun.incrementAndGet() > 2) {
            assertThat(go.await(20, TimeUnit.SECONDS)).isTrue();
          }
          answer(chat);
        });
    String batch = client.batch(lines(8));
    Await.until("two have ended, four run", () -> begun.get() == 6);
    gateway.api.clock().advance(Duration.ofHours(24));
    client.awaitStatus(batch, "finalizing");
    go.countDown();
    JsonNode ended = client.awaitStatus(batch, "expired");
    assertThat(client.content(ended, "output_file_id")).hasSize(6);
    List<JsonNode> errors = client.content(ended, "error_file_id");
    assertThat(names(errors)).containsExactly("l7", "l8");
    assertThat(errors).allMatch(line -> line.at("/error/code").asString().equals("batch_expired"));
    assertThat(count("select count(*) from usage_journal where kind = 'F'")).isEqualTo(6);
  }

  @Test
  void itsOutputsGoWhenItSaid() {
    gateway.engine.does(BatchesIT::answer);
    String input = client.file(line("l1", "hi") + line("l2", "x").replace("r1-nano", "gpt-5"));
    String created = client.create(input, null, expiresAfter("created_at", "3600")).body();
    JsonNode batch = client.awaitStatus(idOf(created), "completed");
    List<String> outputs =
        List.of(batch.path("output_file_id").asString(), batch.path("error_file_id").asString());
    for (String file : outputs) {
      JsonNode seen = json(client.get("/v1/files/" + file).body());
      assertThat(seen.path("expires_at").asLong() - seen.path("created_at").asLong())
          .isEqualTo(3600);
    }
    gateway.api.clock().advance(Duration.ofMinutes(59));
    assertThat(client.content(batch, "output_file_id")).hasSize(1);
    assertThat(client.content(batch, "error_file_id")).hasSize(1);

    gateway.api.clock().advance(Duration.ofMinutes(1));
    for (String file : outputs) {
      String path = "/v1/files/" + file;
      for (var gone :
          List.of(client.get(path), client.get(path + "/content"), client.delete(path))) {
        assertThat(gone.statusCode()).as(gone.body()).isEqualTo(404);
        assertThat(gone.headers().firstValue("x-should-retry")).contains("false");
        assertThat(json(gone.body()).at("/error/code").asString()).isEqualTo("not_found");
      }
    }
    assertThat(client.get("/v1/files").body()).contains(input).doesNotContain(outputs);
    FileSweeps.sweep(gateway.api);
    assertThat(count("select count(*) from file_chunk")).as("chunks of the input").isEqualTo(1);
    JsonNode after = client.see(idOf(created));
    assertThat(after.path("status").asString()).isEqualTo("completed");
    assertThat(after.path("output_file_id").asString()).isEqualTo(outputs.getFirst());
    assertThat(count("select count(*) from usage_journal where kind = 'F'")).isEqualTo(1);
  }

  @Test
  void refusesToKeepOutputsForLongerOrShorterThanItMay() {
    String file = client.file(lines(1));
    refuses(file, expiresAfter("created_at", "3599"), 422, "output_expires_after.seconds");
    refuses(file, expiresAfter("created_at", "2592001"), 422, "output_expires_after.seconds");
    refuses(file, expiresAfter("created_at", "\"1 h\""), 400, "output_expires_after.seconds");
    refuses(file, expiresAfter("ended_at", "3600"), 400, "output_expires_after.anchor");
    refuses(file, ",\"output_expires_after\":3600", 400, "output_expires_after");
    assertThat(client.get("/v1/batches").body()).contains("\"data\":[]");
  }

  private static String expiresAfter(String anchor, String seconds) {
    return ",\"output_expires_after\":{\"anchor\":\"%s\",\"seconds\":%s}"
        .formatted(anchor, seconds);
  }

  private void refuses(String file, String more, int status, String param) {
    var answer = client.create(file, null, more);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(json(answer.body()).at("/error/param").asString()).isEqualTo(param);
  }

  @Test
  void waitsForMoneyAndSaysWhatItWaitsFor() {
    gateway.engine.does(BatchesIT::answer);
    gateway.billing.leases().limit("KEY", 1, "2026-12-01T00:00:00Z");
    String batch = client.batch(lines(3));
    JsonNode blocked =
        Await.value(
            "it is blocked",
            () -> {
              JsonNode by = client.see(batch).path("blocked_by");
              return by.path("code").asString("").equals("budget_exceeded") ? by : null;
            });
    assertThat(blocked.path("scope").asString()).isEqualTo("key");
    assertThat(blocked.path("resets_at").asString()).isEqualTo("2026-12-01T00:00:00Z");
    assertThat(gateway.engine.chats()).isEmpty();
    gateway.billing.leases().unlimit("KEY");
    JsonNode ended = client.awaitStatus(batch, "completed");
    assertThat(ended.path("blocked_by").isNull()).isTrue();
    assertThat(client.content(ended, "output_file_id")).hasSize(3);
  }

  @Test
  void linesThatNeverFitDoNotHoldUpTheOthers() {
    gateway.engine.does(BatchesIT::answer);
    gateway.billing.leases().limit("KEY", 300_000_000, "2026-12-01T00:00:00Z");
    String dear = lines(16).replace("\"max_tokens\":20", "\"max_tokens\":400");
    String batch = client.batch(dear + line("cheap", "hi"));
    Await.until(
        "the cheap one ran", () -> client.see(batch).at("/request_counts/completed").asInt() == 1);
    assertThat(client.see(batch).at("/request_counts/failed").asInt()).isZero();
    gateway.billing.leases().unlimit("KEY");
    client.awaitStatus(batch, "completed");
  }

  @Test
  void aRevokedKeyStopsItsBatches() {
    gateway.engine.does(chat -> chat.json().awaitCancel());
    String key = gateway.issueKey();
    var revoked = new BatchClient(gateway.api, key);
    String batch = revoked.batch(lines(6));
    Await.until("lines run", () -> gateway.engine.chats().size() == 4);
    gateway.revokeLastKey();
    JsonNode ended = client.awaitStatus(batch, "failed");
    assertThat(ended.at("/errors/data/0/code").asString()).isEqualTo("key_revoked");
    assertThat(client.content(ended, "error_file_id")).hasSize(6);
    assertThat(gateway.engine.chats()).hasSize(4);
  }

  @Test
  void aRepeatUnderItsKeyMakesNoSecondBatch() {
    gateway.engine.does(BatchesIT::answer);
    String file = client.file(lines(1));
    var first = client.create(file, "once");
    client.awaitStatus(idOf(first.body()), "completed");
    var again = client.create(file, "once");
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.headers().firstValue("x-r1-replayed")).contains("true");
    assertThat(client.create(client.file(lines(1)), "once").statusCode()).isEqualTo(409);
    assertThat(gateway.engine.chats()).hasSize(1);
    gateway.api.clock().advance(Duration.ofHours(25));
    assertThat(client.create(file, "once").body()).isNotEqualTo(first.body());
  }

  @Test
  void whatADeadReplicaLeftIsSettledByTheJournal() {
    var go = new CountDownLatch(1);
    gateway.engine.does(
        chat -> {
          if (new String(chat.body(), StandardCharsets.UTF_8).contains("hi 4")) {
            assertThat(go.await(20, TimeUnit.SECONDS)).isTrue();
          }
          answer(chat);
        });
    String batch = client.batch(lines(4));
    Await.until("three have ended", () -> doneLines() == 3);
    // As a replica leaves them that dies: after FINAL, with and without the answer; before ADMIT.
    database.sql("update batch_line set state = 'kept', owner = '7.1' where line = 1").update();
    database
        .sql(
            "update batch_line set state = 'running', owner = '7.1', failed = null, reply = null"
                + " where line = 2")
        .update();
    database
        .sql(
            "update batch_line set state = 'running', owner = '7.1', failed = null, reply = null,"
                + " event_id = '%s' where line = 3"
                    .formatted(io.r1platform.api.errors.RequestId.at(RunningApi.START)))
        .update();
    Await.until("they are settled", () -> doneLines() == 3 && gateway.engine.chats().size() == 5);
    go.countDown();
    JsonNode ended = client.awaitStatus(batch, "completed");
    assertThat(names(client.content(ended, "output_file_id"))).containsExactly("l1", "l3", "l4");
    JsonNode lost = client.content(ended, "error_file_id").getFirst();
    assertThat(lost.path("custom_id").asString()).isEqualTo("l2");
    assertThat(lost.at("/error/code").asString()).isEqualTo("answer_lost");
  }

  @Test
  void sharesItsRoomAmongBatches() {
    gateway.engine.does(BatchesIT::answer);
    var go = new CountDownLatch(1);
    gateway.engine.does(
        chat -> {
          assertThat(go.await(20, TimeUnit.SECONDS)).isTrue();
          answer(chat);
        });
    String large = client.batch(lines(30));
    Await.until("it takes what one batch may", () -> gateway.engine.chats().size() == 4);
    String small = client.batch(line("s1", "small"));
    Await.until(
        "the other is not behind it",
        () ->
            gateway.engine.chats().stream()
                .anyMatch(c -> new String(c.body(), StandardCharsets.UTF_8).contains("small")));
    go.countDown();
    client.awaitStatus(small, "completed");
    client.awaitStatus(large, "completed");
  }

  private static String idOf(String batch) {
    return json(batch).path("id").asString();
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  private long doneLines() {
    return count("select count(*) from batch_line where state = 'done'");
  }

  private long count(String sql) {
    return database.sql(sql).query(Long.class).single();
  }
}
