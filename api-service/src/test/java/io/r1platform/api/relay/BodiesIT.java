package io.r1platform.api.relay;

import static io.r1platform.api.relay.Wire.DONE;
import static io.r1platform.api.relay.Wire.token;
import static io.r1platform.api.relay.Wire.usageChunk;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.api.Await;
import io.r1platform.api.observability.Metric;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What request bodies may take of the memory, all together. */
class BodiesIT {
  private static final String LARGE =
      """
      {"model":"r1-nano","messages":[{"role":"user","content":"%s"}],"stream":true,
       "max_tokens":10}"""
          .formatted("x".repeat(3 << 20));
  private static final String SMALL =
      """
      {"model":"r1-nano","messages":[{"role":"user","content":"hi"}],"stream":true}""";

  /** Bodies that Spring reads are no way around it. */
  @Test
  void countsWhatIsSentElsewhere() throws Exception {
    try (var gateway = new Gateway(Map.of("r1.api.relay.bodies-limit", "4MB"))) {
      var end = new CountDownLatch(1);
      gateway.engine.does(
          chat -> {
            assertThat(end.await(20, TimeUnit.SECONDS)).isTrue();
            chat.stream().write(token(5, "content", "hi")).write(usageChunk(0, 5, "stop") + DONE);
          });
      var first = gateway.chatAsync(LARGE.replace("xxx\"", "x".repeat(900_000) + "\""));
      Await.until("the first is at the engine", () -> !gateway.engine.chats().isEmpty());

      String batch = "{\"input_file_id\":\"%s\"}";
      HttpResponse<String> refused =
          gateway.post("/v1/batches", batch.formatted("x".repeat(200_000)));
      assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
      assertThat(refused.body()).contains("\"code\":\"engine_overloaded\"");
      HttpResponse<String> small = gateway.post("/v1/batches", batch.formatted("x"));
      assertThat(small.statusCode()).isLessThan(500);

      end.countDown();
      assertThat(first.join().body()).endsWith(DONE);
      Await.until(
          "room again",
          () ->
              gateway.post("/v1/batches", batch.formatted("x".repeat(200_000))).statusCode() < 500);
      assertThat(
              gateway.api.bean(MeterRegistry.class).get(Metric.BODIES_BYTES.id()).gauge().value())
          .isZero();
    }
  }

  @Test
  void refusesABodyThatDoesNotFitBesideTheOthersUntilTheEngineHasOneOfThem() throws Exception {
    try (var gateway = new Gateway(Map.of("r1.api.relay.bodies-limit", "4MB"))) {
      var begin = new CountDownLatch(1);
      var end = new CountDownLatch(1);
      gateway.engine.does(
          chat -> {
            assertThat(begin.await(20, TimeUnit.SECONDS)).isTrue();
            var stream = chat.stream().write(token(5, "content", "hi"));
            assertThat(end.await(20, TimeUnit.SECONDS)).isTrue();
            stream.write(usageChunk(0, 5, "stop") + DONE);
          });
      var first = gateway.chatAsync(LARGE);
      Await.until("the first is at the engine", () -> !gateway.engine.chats().isEmpty());

      HttpResponse<String> refused = gateway.chat(LARGE);
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.body()).contains("\"code\":\"engine_overloaded\"", "\"charged\":\"0\"");
      assertThat(refused.headers().firstValue("retry-after")).contains("1");
      assertThat(refused.headers().firstValue("x-should-retry")).contains("true");
      var small = gateway.chatAsync(SMALL);
      Await.until("a small one fits", () -> gateway.engine.chats().size() == 2);

      begin.countDown();
      Await.until(
          "room: the engine has begun to answer",
          () -> {
            var next = gateway.chatAsync(LARGE);
            Await.until("an end", () -> gateway.engine.chats().size() == 3 || next.isDone());
            return !next.isDone();
          });
      end.countDown();
      assertThat(first.join().body()).endsWith(DONE);
      assertThat(small.join().body()).endsWith(DONE);
    }
  }
}
