package io.r1platform.api.relay;

import static io.r1platform.api.relay.Wire.DONE;
import static io.r1platform.api.relay.Wire.KEEP_ALIVE;
import static io.r1platform.api.relay.Wire.finish;
import static io.r1platform.api.relay.Wire.r1;
import static io.r1platform.api.relay.Wire.token;
import static io.r1platform.api.relay.Wire.usage;
import static io.r1platform.api.relay.Wire.usageChunk;
import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Await;
import io.r1platform.api.keys.Keys;
import io.r1platform.api.metering.Journal;
import io.r1platform.api.tenants.Tenants;
import io.r1platform.testing.Figures;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IdempotencyIT {
  private static final Pattern COMMENT = Pattern.compile("(?m)^:.*\n");
  private static final String STREAM =
      """
      {"model":"r1-nano","messages":[{"role":"user","content":"hi"}],"stream":true,
       "stream_options":{"include_usage":true},"max_tokens":100}\
      """;
  private static final String JSON =
      """
      {"model":"r1-nano","messages":[{"role":"user","content":"hi"}]}\
      """;
  private static final String COST_OF_FIVE = "0.00001673";

  private Gateway gateway;
  private KeyedClient client;

  @BeforeAll
  void start() {
    gateway = new Gateway(Map.of("r1.api.relay.count-wait", "700ms"));
    client = new KeyedClient(gateway.api, gateway.key);
  }

  @AfterAll
  void stop() {
    client.close();
    gateway.close();
  }

  @Test
  void repeatsAFinishedStreamByteForByteAndChargesItOnce() {
    gateway.engine.does(
        chat ->
            chat.stream()
                .write(KEEP_ALIVE + token(1, "reasoning_content", "Wé") + ": reasoning_tokens=4\n")
                .write(token(5, "content", "9.8") + finish(5, "stop") + usageChunk(4, 1, "stop"))
                .write(DONE));
    HttpResponse<String> first = client.chat("stream-1", STREAM);
    assertThat(first.headers().firstValue("x-r1-replayed")).isEmpty();
    assertThat(first.body()).contains("\"cost\":\"" + COST_OF_FIVE + "\"").endsWith(DONE);
    HttpResponse<String> fromMemoryOrNot = client.chat("stream-1", STREAM);
    KeyedClient.awaitStored(gateway.api);
    HttpResponse<String> stored = client.chat("stream-1", STREAM);
    for (HttpResponse<String> repeat : List.of(fromMemoryOrNot, stored)) {
      assertThat(repeat.body()).isEqualTo(first.body());
      assertThat(repeat.headers().firstValue("x-r1-replayed")).contains("true");
      assertThat(Gateway.id(repeat)).isEqualTo(Gateway.id(first));
      for (String name : List.of("content-type", "cache-control", "x-r1-cost-max")) {
        assertThat(repeat.headers().firstValue(name)).isEqualTo(first.headers().firstValue(name));
      }
    }
    assertThat(client.resume("stream-1", STREAM, 1).body())
        .isEqualTo(first.body().replace(token(1, "reasoning_content", "Wé"), ""));
    assertThat(gateway.engine.chats()).hasSize(1);
    assertThat(gateway.rows(Gateway.id(first), "F")).isEqualTo(1);
  }

  @Test
  void repeatsAFinishedJsonAnswerWithItsCost() {
    gateway.engine.does(
        chat ->
            chat.json().write("{\"choices\":[{\"x\":1}]," + usage(4, 1) + "," + r1("stop") + "}"));
    HttpResponse<String> first = client.chat("json-1", JSON);
    KeyedClient.awaitStored(gateway.api);
    HttpResponse<String> repeat = client.chat("json-1", JSON);
    assertThat(repeat.body()).isEqualTo(first.body()).contains(COST_OF_FIVE);
    assertThat(repeat.headers().firstValue("x-r1-cost")).contains(COST_OF_FIVE);
    assertThat(repeat.headers().firstValue("x-r1-replayed")).contains("true");
    assertThat(gateway.engine.chats()).hasSize(1);
  }

  @Test
  void runsNothingForAnotherBodyUnderTheKey() {
    gateway.engine.does(chat -> answer(chat, "a"));
    client.chat("conflict-1", STREAM);
    HttpResponse<String> other = client.chat("conflict-1", STREAM.replace("hi", "ho"));
    assertThat(other.statusCode()).isEqualTo(409);
    assertThat(other.body()).contains("\"idempotency_conflict\"").contains("\"charged\":\"0\"");
    assertThat(other.headers().firstValue("x-should-retry")).contains("false");
    assertThat(gateway.engine.chats()).hasSize(1);
  }

  @Test
  void runsOneOfManyThatComeAtOnce() throws InterruptedException {
    var go = new CountDownLatch(1);
    gateway.engine.does(
        chat -> {
          chat.stream().write(token(1, "content", "a"));
          go.await(20, TimeUnit.SECONDS);
          chat.write(token(2, "content", "b") + finish(2, "stop") + usageChunk(0, 2, "stop"));
        });
    List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      all.add(client.chatAsync("race-1", STREAM));
    }
    Await.until("it runs", () -> !gateway.engine.chats().isEmpty());
    go.countDown();
    List<HttpResponse<String>> answers = all.stream().map(CompletableFuture::join).toList();
    assertThat(answers).allSatisfy(one -> assertThat(one.statusCode()).isEqualTo(200));
    assertThat(answers.stream().map(HttpResponse::body).distinct()).hasSize(1);
    assertThat(answers.stream().map(Gateway::id).distinct()).hasSize(1);
    assertThat(gateway.engine.chats()).hasSize(1);
    assertThat(gateway.rows(Gateway.id(answers.getFirst()), "F")).isEqualTo(1);
  }

  @Test
  void waitsForAJsonAnswerThatIsUnderWay() throws InterruptedException {
    var go = new CountDownLatch(1);
    gateway.engine.does(
        chat -> {
          chat.json();
          go.await(20, TimeUnit.SECONDS);
          chat.write("{\"choices\":[{\"x\":1}]," + usage(4, 1) + "," + r1("stop") + "}");
        });
    var first = client.chatAsync("wait-1", JSON);
    Await.until("it runs", () -> !gateway.engine.chats().isEmpty());
    var second = client.chatAsync("wait-1", JSON);
    go.countDown();
    assertThat(second.join().body()).isEqualTo(first.join().body()).contains(COST_OF_FIVE);
    assertThat(gateway.engine.chats()).hasSize(1);
  }

  @Test
  void showsNoAnswerToAnotherProjectOrUnderAnotherPath() {
    Tenants tenants = gateway.api.bean(Tenants.class);
    long stranger = tenants.createProject(gateway.organizationId, "Stranger").id();
    String strangersKey = gateway.api.bean(Keys.class).issue(stranger, "test", null).secret();
    gateway.engine.does(chat -> answer(chat, "of call " + gateway.engine.chats().size()));
    HttpResponse<String> mine = client.chat("shared-1", STREAM);
    KeyedClient.awaitStored(gateway.api);
    assertThat(mine.body()).contains("of call 1");
    try (var other = new KeyedClient(gateway.api, strangersKey)) {
      assertThat(other.chat("shared-1", STREAM).body()).contains("of call 2");
    }
    String raw =
        "{\"model\":\"r1-nano\",\"prompt\":\"hi\",\"messages\":[{\"role\":\"user\","
            + "\"content\":\"hi\"}],\"stream\":true}";
    assertThat(client.post("/v1/completions", "shared-1", raw).body()).contains("of call 3");
    assertThat(client.post("/chat/completions", "shared-1", STREAM).body()).isEqualTo(mine.body());
    try (var rotated = new KeyedClient(gateway.api, gateway.issueKey())) {
      assertThat(rotated.chat("shared-1", STREAM).body()).isEqualTo(mine.body());
    }
    assertThat(gateway.engine.chats()).hasSize(3);
  }

  @Test
  void survivesFiftyCutsOfItsStreamWithOneTextAndOneCharge() throws IOException {
    int cuts = 50;
    var may = new Semaphore(0);
    gateway.engine.does(
        chat -> {
          chat.stream();
          for (int i = 1; i <= cuts; i++) {
            may.tryAcquire(20, TimeUnit.SECONDS);
            chat.write(i == 31 ? ": reasoning_tokens=30\n" : "");
            chat.write(token(i, i <= 30 ? "reasoning_content" : "content", "token " + i));
          }
          chat.write(finish(cuts, "stop") + usageChunk(30, 20, "stop") + DONE);
        });
    var seen = new StringBuilder();
    List<String> begun = new ArrayList<>();
    String id = "";
    for (int i = 1; i <= cuts; i++) {
      may.release();
      HttpResponse<InputStream> part = client.open("cuts-1", STREAM, i - 1);
      assertThat(part.statusCode()).isEqualTo(200);
      id = id.isEmpty() ? Gateway.id(part) : id;
      assertThat(Gateway.id(part)).isEqualTo(id);
      try (InputStream in = part.body()) {
        String event = token(i, i <= 30 ? "reasoning_content" : "content", "token " + i);
        String read = Gateway.readUntil(in, event);
        assertThat(read).doesNotContain("\"token " + (i - 1) + "\"");
        seen.append(read, 0, read.indexOf(event) + event.length());
        begun.add(withoutComments(seen));
      }
    }
    HttpResponse<String> rest = client.resume("cuts-1", STREAM, cuts);
    seen.append(rest.body(), rest.body().indexOf("id: "), rest.body().length());
    KeyedClient.awaitStored(gateway.api);
    String whole = withoutComments(client.chat("cuts-1", STREAM).body());
    long charges = gateway.rows(id, "F");
    Figures.write(
        "resume",
        "cuts=%d identical=%d charges=%d"
            .formatted(cuts, begun.stream().filter(whole::startsWith).count(), charges));
    assertThat(begun).hasSize(cuts).allMatch(whole::startsWith);
    assertThat(withoutComments(seen)).isEqualTo(whole);
    assertThat(rest.body()).contains("\"finish_reason\":\"stop\"", "\"usage\":{").endsWith(DONE);
    assertThat(gateway.engine.chats()).hasSize(1);
    assertThat(gateway.engine.wasCancelled(id)).isFalse();
    assertThat(gateway.rows(id, "A")).isEqualTo(1);
    assertThat(charges).isEqualTo(1);
    assertThat(gateway.finalOf(id).finish()).isEqualTo("stop");
    assertThat(gateway.finalOf(id).tokens().output()).isEqualTo(cuts);
  }

  /** Comments are the one thing that a stream resumed may have more or fewer of. */
  private static String withoutComments(CharSequence stream) {
    return COMMENT.matcher(stream).replaceAll("");
  }

  @Test
  void freesTheKeyOfARunThatWasRefusedOrEndedWithoutAToken() {
    gateway.engine.does(chat -> chat.error(503, "engine_overloaded", "full"));
    assertThat(client.chat("free-1", STREAM).statusCode()).isEqualTo(503);
    String unknown = STREAM.replace("r1-nano", "none");
    assertThat(client.chat("free-1", unknown).statusCode()).isEqualTo(404);
    gateway.engine.does(chat -> chat.stream().write(KEEP_ALIVE));
    assertThat(client.chat("free-1", STREAM).body())
        .contains("\"engine_failed\"")
        .contains("\"charged\":\"0\"");
    gateway.engine.does(chat -> answer(chat, "at last"));
    assertThat(client.chat("free-1", STREAM).body()).contains("at last").endsWith(DONE);
  }

  @Test
  void repeatsAFailureThatWasChargedWithItsCharge() {
    gateway.engine.does(chat -> chat.stream().write(token(3, "content", "abc")));
    HttpResponse<String> first = client.chat("failed-1", STREAM);
    assertThat(first.body()).contains("\"engine_failed\"").doesNotContain("\"charged\":\"0\"");
    gateway.engine.does(chat -> answer(chat, "again"));
    assertThat(client.chat("failed-1", STREAM).body()).isEqualTo(first.body());
    KeyedClient.awaitStored(gateway.api);
    assertThat(client.chat("failed-1", STREAM).body()).isEqualTo(first.body());
    assertThat(gateway.engine.chats()).isEmpty();
  }

  @Test
  void answers502AndFreesTheKeyWhenTheGatewayDiedBeforeTheRelay() {
    for (String owner : List.of("9.1", gateway.api.bean(Journal.class).replica())) {
      String key = "dead-" + owner;
      gateway.engine.does(chat -> answer(chat, "run"));
      client.chat(key, STREAM);
      KeyedClient.awaitStored(gateway.api);
      // As the dead one left it: a row, and nothing in the journal.
      forget(key, "owner = '%s', event_id = '%s'".formatted(owner, UUID.randomUUID()));
      HttpResponse<String> repeat = client.chat(key, STREAM);
      assertThat(repeat.statusCode()).isEqualTo(502);
      assertThat(repeat.body()).contains("\"charged\":\"0\"");
      assertThat(repeat.headers().firstValue("x-should-retry")).contains("true");
      assertThat(gateway.engine.chats()).hasSize(1);
      assertThat(client.chat(key, STREAM).body()).endsWith(DONE);
      assertThat(gateway.engine.chats()).hasSize(2);
    }
  }

  /** Else a request that a peer settles as lost would say for a day that its charge is pending. */
  @Test
  void asksTheJournalAboutAPendingChargeOnceItsGatewayIsDead() {
    gateway.engine.does(chat -> answer(chat, "pending"));
    client.chat("pending-lost", STREAM);
    HttpResponse<String> charged = client.chat("pending-charged", STREAM);
    KeyedClient.awaitStored(gateway.api);
    forget("pending-lost", "owner = '9.1', event_id = '%s'".formatted(UUID.randomUUID()));
    forget("pending-charged", "owner = '9.1'");
    gateway
        .api
        .bean(JdbcClient.class)
        .sql("update idempotency set charged = 'pending' where owner = '9.1'")
        .update();
    assertThat(client.chat("pending-lost", STREAM).body()).contains("\"charged\":\"0\"");
    assertThat(client.chat("pending-lost", STREAM).body()).endsWith(DONE);
    HttpResponse<String> repeat = client.chat("pending-charged", STREAM);
    assertThat(repeat.statusCode()).isEqualTo(409);
    assertThat(repeat.body()).contains(Gateway.id(charged)).doesNotContain("pending");
  }

  @Test
  void chargesNoSecondTimeWhenTheGatewayDiedAfterTheCharge() {
    gateway.engine.does(chat -> answer(chat, "charged"));
    HttpResponse<String> first = client.chat("dead-after", STREAM);
    KeyedClient.awaitStored(gateway.api);
    forget("dead-after", "owner = '9.1'");
    for (int i = 0; i < 2; i++) {
      HttpResponse<String> repeat = client.chat("dead-after", STREAM);
      assertThat(repeat.statusCode()).isEqualTo(409);
      assertThat(repeat.body()).contains("\"invalid_state\"").contains(Gateway.id(first));
      assertThat(repeat.body()).contains("\"charged\":\"0.00000797\"");
      assertThat(repeat.headers().firstValue("x-should-retry")).contains("false");
    }
    assertThat(gateway.engine.chats()).hasSize(1);
  }

  @Test
  void storesNoTextThatCanBeReadAndReadsNoneThatStandsInAnotherRow() {
    gateway.engine.does(chat -> answer(chat, "secret " + gateway.engine.chats().size()));
    client.chat("sealed-1", STREAM);
    client.chat("sealed-2", STREAM);
    KeyedClient.awaitStored(gateway.api);
    JdbcClient database = gateway.api.bean(JdbcClient.class);
    assertThat(
            database
                .sql("select count(*) from idempotency where position('secret' in answer) > 0")
                .query(Long.class)
                .single())
        .isZero();
    database
        .sql(
            """
            update idempotency set answer = (
              select answer from idempotency where key_sha256 = sha256('sealed-1'))
            where key_sha256 = sha256('sealed-2')
            """)
        .update();
    HttpResponse<String> swapped = client.chat("sealed-2", STREAM);
    assertThat(swapped.statusCode()).isEqualTo(409);
    assertThat(swapped.body()).contains("\"invalid_state\"").doesNotContain("secret 1");
  }

  @Test
  void runsAnewWhenTheKeyIsADayOld() {
    gateway.engine.does(chat -> answer(chat, "of call " + gateway.engine.chats().size()));
    assertThat(client.chat("old-1", STREAM).body()).contains("of call 1");
    KeyedClient.awaitStored(gateway.api);
    gateway
        .api
        .bean(JdbcClient.class)
        .sql(
            """
            update idempotency set created_at = created_at - interval '24 hours'
            where key_sha256 = sha256('old-1')
            """)
        .update();
    assertThat(client.chat("old-1", STREAM.replace("hi", "ho")).body()).contains("of call 2");
  }

  @Test
  void resumesNothingThatIsNotKept() {
    gateway.engine.does(chat -> answer(chat, "a"));
    HttpResponse<String> unknown = client.resume("resume-1", STREAM, 7);
    assertThat(unknown.statusCode()).isEqualTo(409);
    assertThat(unknown.body()).contains("\"invalid_state\"").contains("\"charged\":\"0\"");
    assertThat(gateway.engine.chats()).isEmpty();
    assertThat(client.chat("resume-1", STREAM).body()).endsWith(DONE);
    assertThat(client.chat("two words", STREAM).statusCode()).isEqualTo(422);
    assertThat(client.chat("k".repeat(256), STREAM).statusCode()).isEqualTo(422);
  }

  @Test
  void keepsNothingOfARequestWithoutAKey() {
    gateway.engine.does(chat -> answer(chat, "a"));
    KeyedClient.awaitStored(gateway.api);
    JdbcClient database = gateway.api.bean(JdbcClient.class);
    String count = "select count(*) from idempotency";
    long before = database.sql(count).query(Long.class).single();
    assertThat(gateway.chat(STREAM).body()).endsWith(DONE);
    assertThat(database.sql(count).query(Long.class).single()).isEqualTo(before);
  }

  private void forget(String key, String set) {
    String sql =
        "update idempotency set charged = null, answer = null, "
            + set
            + " where key_sha256 = sha256(convert_to(?, 'UTF8'))";
    assertThat(gateway.api.bean(JdbcClient.class).sql(sql).param(key).update()).isEqualTo(1);
  }

  /** One token. */
  private static void answer(FakeEngine.Chat chat, String text) throws IOException {
    chat.stream().write(token(1, "content", text) + finish(1, "stop"));
    chat.write(usageChunk(0, 1, "stop") + DONE);
  }
}
