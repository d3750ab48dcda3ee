package io.r1platform.api.relay;

import static io.r1platform.api.relay.Wire.DONE;
import static io.r1platform.api.relay.Wire.r1;
import static io.r1platform.api.relay.Wire.token;
import static io.r1platform.api.relay.Wire.usage;
import static io.r1platform.api.relay.Wire.usageChunk;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.api.Await;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What leaves, and when, while the journal hangs. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DurabilityIT {
  private static final String STREAM =
      """
      {"model":"r1-nano","messages":[{"role":"user","content":"hi"}],"stream":true}""";
  private static final String JSON =
      """
      {"model":"r1-nano","messages":[{"role":"user","content":"hi"}]}""";

  /** 2 cached and 10 other prompt tokens and 5 output tokens. */
  private static final long COST_OF_FIVE = 2 * 140_000 + 10 * 550_000 + 5 * 2_190_000;

  private static final String WHOLE = token(5, "content", "a");

  private Gateway gateway;

  @BeforeAll
  void start() {
    gateway = new Gateway(Map.of("r1.api.relay.final-wait", "1500ms"));
  }

  @AfterAll
  void stop() {
    gateway.close();
  }

  /** The comment is a line of the block after it: a block of its own would break clients. */
  @Test
  void givesTheReceiptOfWhatTheJournalHas() {
    gateway.engine.does(
        chat ->
            chat.stream().write(token(1, "content", "a") + usageChunk(4, 1, "stop")).write(DONE));
    HttpResponse<String> streamed = gateway.chat(STREAM);
    assertThat(streamed.body())
        .containsOnlyOnce(": receipt v1.")
        .containsPattern(Wire.RECEIPT + "id: 5");
    assertThat(streamed.headers().firstValue("x-usage-receipt")).isEmpty();
    receiptIs(streamed, streamed.body().replaceAll("(?s).*: receipt (\\S+)\n.*", "$1"));

    gateway.engine.does(
        chat -> chat.json().write("{\"choices\":[]," + usage(4, 1) + "," + r1("stop") + "}"));
    HttpResponse<String> whole = gateway.chat(JSON);
    receiptIs(whole, whole.headers().firstValue("x-usage-receipt").orElseThrow());
  }

  private void receiptIs(HttpResponse<String> answer, String receipt) {
    String id = Gateway.id(answer);
    assertThat(gateway.get("/v1/receipts/" + id).body())
        .isEqualTo(
            "{\"id\":\"%s\",\"object\":\"receipt\",\"receipt\":\"%s\"}".formatted(id, receipt));
    ByteBuffer record = ByteBuffer.wrap(Base64.getUrlDecoder().decode(receipt.substring(3)));
    assertThat(record.capacity()).isEqualTo(184);
    assertThat(record.getLong(128)).isEqualTo(gateway.finalOf(id).amountPico());
  }

  @Test
  void noByteLeavesBeforeTheAdmitIsDurable() throws Exception {
    var answered = new CountDownLatch(1);
    gateway.engine.does(
        chat -> {
          chat.stream().write(WHOLE + usageChunk(0, 5, "stop") + DONE);
          answered.countDown();
        });
    CompletableFuture<InputStream> head;
    try (Connection lock = blockedJournal()) {
      head = CompletableFuture.supplyAsync(() -> gateway.open(STREAM).body());
      assertThat(answered.await(20, TimeUnit.SECONDS)).isTrue();
      assertThatThrownBy(() -> head.get(500, TimeUnit.MILLISECONDS))
          .as("even the status has not left")
          .isInstanceOf(TimeoutException.class);
      lock.rollback();
    }
    try (InputStream in = head.get(20, TimeUnit.SECONDS)) {
      assertThat(Gateway.readUntil(in, "[DONE]")).startsWith(WHOLE);
    }
  }

  @Test
  void refusesAndCancelsTheEngineWhenTheAdmitIsNotDurableInTime() throws Exception {
    gateway.engine.does(
        chat -> {
          chat.stream().write(WHOLE);
          chat.awaitCancel();
        });
    HttpResponse<String> response;
    try (Connection lock = blockedJournal()) {
      response = gateway.chat(STREAM);
      assertThat(response.statusCode()).isEqualTo(503);
      assertThat(response.body()).contains("\"code\":\"metering_unavailable\"");
      assertThat(response.headers().firstValue("x-should-retry")).contains("true");
      Await.until("the cancel", () -> gateway.engine.wasCancelled(Gateway.id(response)));
      lock.rollback();
    }
    var entry = gateway.finalOf(Gateway.id(response));
    assertThat(entry.finish()).isEqualTo("refused");
    assertThat(entry.amountPico()).isZero();
    assertThat(gateway.rows(Gateway.id(response), "A")).isEqualTo(1);
  }

  /** It holds nothing of a budget and no place among the open requests, or either would run out. */
  @Test
  void anAdmitThatIsRefusedForGoodLeavesNothingBehind() {
    gateway.engine.does(chat -> chat.stream().write(WHOLE + usageChunk(0, 5, "stop") + DONE));
    gateway.database.execute(
        "alter table api.usage_journal add constraint none check (kind <> 'A') not valid");
    HttpResponse<String> response;
    try {
      response = gateway.chat(STREAM);
    } finally {
      gateway.database.execute("alter table api.usage_journal drop constraint none");
    }
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body()).contains("\"code\":\"metering_unavailable\"");
    assertThat(gateway.api.bean(io.r1platform.api.metering.Journal.class).openRequests()).isZero();
    assertThat(gateway.api.bean(MeterRegistry.class).get("r1.holds.open").gauge().value()).isZero();
    assertThat(gateway.chat(STREAM).statusCode()).isEqualTo(200);
  }

  @Test
  void doneLeavesOnlyAfterTheFinalIsDurable() throws Exception {
    var mayEnd = new CountDownLatch(1);
    gateway.engine.does(
        chat -> {
          chat.stream().write(WHOLE);
          assertThat(mayEnd.await(20, TimeUnit.SECONDS)).isTrue();
          chat.write(usageChunk(0, 5, "stop") + DONE);
        });
    HttpResponse<InputStream> response = gateway.open(STREAM);
    try (InputStream in = response.body()) {
      Gateway.readUntil(in, "\n\n");
      CompletableFuture<String> end;
      try (Connection lock = blockedJournal()) {
        mayEnd.countDown();
        end = CompletableFuture.supplyAsync(() -> Gateway.readUntil(in, "\n\n"));
        assertThatThrownBy(() -> end.get(500, TimeUnit.MILLISECONDS))
            .isInstanceOf(TimeoutException.class);
        assertThat(gateway.api.bean(io.r1platform.api.metering.Journal.class).openRequests())
            .isPositive();
        lock.rollback();
      }
      assertThat(end.get(20, TimeUnit.SECONDS)).matches(Wire.RECEIPT + "id: 5\ndata: \\[DONE]\n\n");
      assertThat(gateway.rows(Gateway.id(response), "F")).isEqualTo(1);
    }
  }

  @Test
  void saysThatTheChargeIsPendingAndChargesOnceWhenTheFinalIsLate() throws Exception {
    var mayEnd = new CountDownLatch(1);
    gateway.engine.does(
        chat -> {
          chat.stream().write(WHOLE);
          assertThat(mayEnd.await(20, TimeUnit.SECONDS)).isTrue();
          chat.write(usageChunk(0, 5, "stop") + DONE);
        });
    HttpResponse<InputStream> response = gateway.open(STREAM);
    try (InputStream in = response.body()) {
      Gateway.readUntil(in, "\n\n");
      try (Connection lock = blockedJournal()) {
        mayEnd.countDown();
        assertThat(Gateway.readUntil(in, "\n\n"))
            .startsWith("data: {\"error\":{")
            .contains("\"charged\":\"pending\"");
        assertThat(in.read()).as("no [DONE]").isEqualTo(-1);
        lock.rollback();
      }
    }
    assertThat(gateway.finalOf(Gateway.id(response)).amountPico()).isPositive();
    assertThat(gateway.rows(Gateway.id(response), "F")).isEqualTo(1);
  }

  @Test
  void showsAWholeJsonAnswerWhoseChargeIsPending() throws Exception {
    CompletableFuture<HttpResponse<String>> answer =
        endsWhileTheJournalHangs(
            JSON,
            chat ->
                chat.json()
                    .write(
                        "{\"id\":\"c\",\"choices\":[{\"index\":0,\"message\":"
                            + "{\"role\":\"assistant\",\"content\":\"9.8\"}}],"
                            + usage(4, 1)
                            + ","
                            + r1("stop")
                            + "}"));
    HttpResponse<String> response = answer.get(20, TimeUnit.SECONDS);
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.headers().firstValue("x-should-retry")).contains("false");
    assertThat(response.body())
        .contains("\"code\":\"metering_unavailable\"", "\"charged\":\"pending\"")
        .contains("The answer is complete", "\"cost\":\"0.00001673\"")
        .contains("\"partial\":{\"role\":\"assistant\",\"content\":\"9.8\"}");
    assertThat(gateway.finalOf(Gateway.id(response)).amountPico()).isEqualTo(COST_OF_FIVE);
  }

  @Test
  void saysWhatWentWrongAlsoWhileTheChargeIsPending() throws Exception {
    String error =
        "{\"error\":{\"message\":\"Broke.\",\"code\":\"engine_failed\"},"
            + usage(4, 1)
            + ","
            + r1("error");
    HttpResponse<String> streamed =
        endsWhileTheJournalHangs(
                STREAM, chat -> chat.stream().write(WHOLE + "data: " + error + "}\n\n"))
            .get(20, TimeUnit.SECONDS);
    assertThat(streamed.body())
        .startsWith(WHOLE)
        .contains("\"code\":\"engine_failed\"", "Broke. ", "\"charged\":\"pending\"")
        .contains("\"cost\":\"0.00001673\"")
        .doesNotContain("The answer is complete", "[DONE]");
    HttpResponse<String> whole =
        endsWhileTheJournalHangs(
                JSON, chat -> chat.failure(502, error + ",\"partial\":{\"content\":\"9\"}}"))
            .get(20, TimeUnit.SECONDS);
    assertThat(whole.statusCode()).isEqualTo(502);
    assertThat(whole.headers().firstValue("x-should-retry")).contains("false");
    assertThat(whole.body())
        .contains("\"code\":\"engine_failed\"", "Broke. ", "\"charged\":\"pending\"")
        .contains("\"partial\":{\"content\":\"9\"}", "\"cost\":\"0.00001673\"");
  }

  /** The whole answer to a request whose engine answers when FINAL can no longer be written. */
  private CompletableFuture<HttpResponse<String>> endsWhileTheJournalHangs(
      String body, FakeEngine.Script script) throws Exception {
    var mayEnd = new CountDownLatch(1);
    gateway.engine.does(
        chat -> {
          assertThat(mayEnd.await(20, TimeUnit.SECONDS)).isTrue();
          script.reply(chat);
        });
    CompletableFuture<HttpResponse<String>> answer = gateway.chatAsync(body);
    Await.until("the engine's call", () -> !gateway.engine.chats().isEmpty());
    String id = gateway.engine.chats().getFirst().id();
    Await.until("the ADMIT", () -> gateway.rows(id, "A") == 1);
    try (Connection lock = blockedJournal()) {
      mayEnd.countDown();
      answer.get(20, TimeUnit.SECONDS);
      lock.rollback();
    }
    return answer;
  }

  /** Holds every write to the journal up until it is rolled back. */
  private Connection blockedJournal() throws SQLException {
    Connection connection = gateway.database.superuser().getConnection();
    connection.setAutoCommit(false);
    try (var statement = connection.createStatement()) {
      statement.execute("lock table api.replica in access exclusive mode");
    }
    return connection;
  }
}
