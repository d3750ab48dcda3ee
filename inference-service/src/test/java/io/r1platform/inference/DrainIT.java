package io.r1platform.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.testing.TestDatabase;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** A service that stops while it has much to do. */
final class DrainIT {
  private static final int STREAMS = 64;
  private static final String BODY =
      """
      {"model":"r1-nano","max_tokens":480,"stream":true,"temperature":0,
       "messages":[{"role":"user","content":"Count."}]}
      """;

  private final TestDatabase database = TestDatabase.create();
  private final JdbcClient sql = JdbcClient.create(database.superuser());

  /** What a stream or a receipt says. */
  private record Counts(int prompt, int output, String finish) {
    static Counts of(JsonNode told) {
      JsonNode usage = told.path("usage");
      return new Counts(
          usage.path("prompt_tokens").asInt(-1),
          usage.path("completion_tokens").asInt(-1),
          told.path("r1").path("finish").asString());
    }
  }

  private Counts receipt(UUID id) {
    return sql.sql(
            "select tok_hit + tok_miss, tok_out, finish from inference.engine_receipt"
                + " where event_id = ?")
        .param(id)
        .query((row, _) -> new Counts(row.getInt(1), row.getInt(2), row.getString(3)))
        .single();
  }

  /** What was told last: of a stream its last event, of a refusal its object. */
  private static JsonNode last(HttpResponse<String> response) {
    return response.statusCode() == 200
        ? Stream.of(response.body()).usageChunk()
        : RunningService.json(response.body());
  }

  @Test
  void under64StreamsEveryOneEndsWithUsageAndAnEqualReceipt(@TempDir Path directory)
      throws Exception {
    var answers = new LinkedHashMap<UUID, CompletableFuture<HttpResponse<String>>>();
    try (var billing = new BillingFake()) {
      try (var service =
          RunningService.start(
              database,
              billing.uri(),
              directory.resolve("tokens"),
              Map.of("r1.inference.generation.drain-timeout", "200ms"))) {
        for (int i = 0; i < STREAMS; i++) {
          UUID id = RunningService.eventId();
          answers.put(
              id,
              service
                  .http()
                  .sendAsync(service.chat(id, BODY).build(), HttpResponse.BodyHandlers.ofString()));
        }
        Await.until("all are in", () -> service.bean(Probe.class).taken() == STREAMS);
      }
    }

    int cutOff = 0;
    int waited = 0;
    for (var answer : answers.entrySet()) {
      HttpResponse<String> response = answer.getValue().get();
      JsonNode told = last(response);
      if (response.statusCode() != 200) {
        assertThat(response.headers().firstValue("retry-after")).hasValue("5");
      }
      Counts counts = Counts.of(told);
      assertThat(counts).isEqualTo(receipt(answer.getKey()));
      if (told.has("error")) {
        assertThat(told.path("error").path("code").asString()).isEqualTo("server_draining");
        cutOff++;
        waited += counts.output() == 0 ? 1 : 0;
      }
    }
    assertThat(cutOff).isPositive();
    assertThat(waited).isPositive();
  }
}
