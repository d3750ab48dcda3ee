package io.r1platform.api.relay;

import static io.r1platform.api.relay.Wire.DONE;
import static io.r1platform.api.relay.Wire.token;
import static io.r1platform.api.relay.Wire.usageChunk;
import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Await;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A gateway without its engine, and one that a peer has replaced. */
class LostPartsIT {
  private static final String STREAM =
      """
      {"model":"r1-nano","messages":[{"role":"user","content":"hi"}],"stream":true}\
      """;

  @Test
  void triesTwiceToReachTheEngineThenAnswers503() {
    try (var gateway = new Gateway(Map.of())) {
      gateway.engine.close();
      HttpResponse<String> response = gateway.chat(STREAM);
      assertThat(response.statusCode()).isEqualTo(503);
      assertThat(response.body()).contains("\"code\":\"engine_unavailable\"", "\"charged\":\"0\"");
      var entry = gateway.finalOf(Gateway.id(response));
      assertThat(entry.finish()).isEqualTo("refused");
      assertThat(entry.amountPico()).isZero();
    }
  }

  @Test
  void cutsOffAnEngineThatNeverEndsAndChargesWhatCame() throws Exception {
    try (var gateway = new Gateway(Map.of("r1.api.relay.deadline", "5s"))) {
      gateway.engine.does(
          chat -> {
            chat.stream().write(token(5, "content", "a"));
            chat.awaitCancel();
          });
      HttpResponse<String> response = gateway.chat(STREAM);
      assertThat(response.body())
          .contains("\"code\":\"deadline_exceeded\"")
          .contains("\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":5,\"total_tokens\":17")
          .contains("\"charged\":\"0.00001673\"", "\"cost\":\"0.00001673\"")
          .doesNotContain("[DONE]", "\"charged\":\"0\"");
      var entry = gateway.finalOf(Gateway.id(response));
      assertThat(entry.finish()).isEqualTo("deadline");
      assertThat(entry.tokens().output()).isEqualTo(5);
      Await.until("a cancel", () -> gateway.engine.wasCancelled(Gateway.id(response)));
    }
  }

  @Test
  void endsItsStreamsAndRefusesWhenAPeerHasTakenItsPlace() throws Exception {
    try (var gateway = new Gateway(Map.of())) {
      var mayEnd = new CountDownLatch(1);
      gateway.engine.does(
          chat -> {
            chat.stream().write(token(5, "content", "a"));
            assertThat(mayEnd.await(20, TimeUnit.SECONDS)).isTrue();
            chat.write(usageChunk(0, 5, "stop"));
          });
      HttpResponse<InputStream> running = gateway.open(STREAM);
      HttpResponse<InputStream> ending = gateway.open(STREAM);
      Gateway.readUntil(running.body(), "\n\n");
      Gateway.readUntil(ending.body(), "\n\n");
      assertThat(gateway.api.send(ready(gateway)).statusCode()).isEqualTo(200);

      gateway.database.execute("update api.replica set epoch = epoch + 1");
      mayEnd.countDown();

      for (HttpResponse<InputStream> stream : java.util.List.of(running, ending)) {
        assertThat(Gateway.readUntil(stream.body(), "\n\n"))
            .contains("\"code\":\"metering_unavailable\"", "\"charged\":\"0\"");
        assertThat(gateway.rows(Gateway.id(stream), "F")).isZero();
      }
      HttpResponse<String> refused = gateway.chat(STREAM);
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.body()).contains("\"code\":\"metering_unavailable\"");
      Await.until("not ready", () -> gateway.api.send(ready(gateway)).statusCode() == 503);
    }
  }

  @Test
  void aPlannedStopRefusesWhatIsNewAndChargesWhatRuns() throws Exception {
    try (var gateway =
        new Gateway(Map.of("r1.api.relay.drain-wait", "4s", "r1.api.relay.count-wait", "700ms"))) {
      gateway.engine.does(
          chat -> {
            var stream = chat.stream().write(token(5, "content", "a"));
            chat.awaitCancel();
            stream.write(usageChunk(0, 7, "cancelled"));
          });
      HttpResponse<InputStream> running = gateway.open(STREAM);
      Gateway.readUntil(running.body(), "\n\n");

      CompletableFuture<Void> stop = stop(gateway);

      assertThat(Gateway.readUntil(running.body(), "\n\n"))
          .contains("\"code\":\"engine_failed\"", "\"charged\":\"0.00002111\"");
      stop.join();
      long charged =
          JdbcClient.create(gateway.database.superuser())
              .sql(
                  """
                  select ('x' || encode(substr(record, 129, 8), 'hex'))::bit(64)::bigint
                  from api.usage_journal where event_id = cast(? as uuid) and kind = 'F'
                  """)
              .param(Gateway.id(running))
              .query(Long.class)
              .single();
      assertThat(charged).isEqualTo(21_110_000);
    }
  }

  @Test
  void keepsItsEpochWhileWhatRunsComesToItsEnd() throws Exception {
    try (var gateway = new Gateway(Map.of("r1.api.relay.drain-wait", "40s"))) {
      var mayEnd = new CountDownLatch(1);
      gateway.engine.does(
          chat -> {
            chat.stream().write(token(5, "content", "a"));
            assertThat(mayEnd.await(30, TimeUnit.SECONDS)).isTrue();
            chat.write(usageChunk(0, 5, "stop") + DONE);
          });
      HttpResponse<InputStream> running = gateway.open(STREAM);
      Gateway.readUntil(running.body(), "\n\n");
      CompletableFuture<Void> stop = stop(gateway);
      JdbcClient database = JdbcClient.create(gateway.database.superuser());
      Object seen = lastHeartbeat(database);
      try {
        Await.until("a heartbeat of who drains", () -> !lastHeartbeat(database).equals(seen));
      } finally {
        mayEnd.countDown();
      }
      assertThat(Gateway.readUntil(running.body(), "[DONE]")).doesNotContain("error");
      stop.join();
    }
  }

  /** Begins a planned stop, and returns when what is new is refused. */
  private static CompletableFuture<Void> stop(Gateway gateway) {
    gateway.engine.does(chat -> chat.error(503, "engine_overloaded", "not yet stopping"));
    // On a thread of its own: on two cores the client's answers need the common pool's only one.
    var stop = CompletableFuture.runAsync(gateway.api::close, task -> new Thread(task).start());
    Await.until(
        "what is new is refused",
        () -> gateway.chat(STREAM).body().contains("\"code\":\"server_draining\""));
    return stop;
  }

  private static Object lastHeartbeat(JdbcClient database) {
    return database.sql("select seen_at from api.replica").query().singleValue();
  }

  private static java.net.http.HttpRequest.Builder ready(Gateway gateway) {
    return java.net.http.HttpRequest.newBuilder(gateway.api.uri("/readyz"));
  }
}
