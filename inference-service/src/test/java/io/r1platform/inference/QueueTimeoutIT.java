package io.r1platform.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.testing.TestDatabase;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Requests that wait too long for their first token. */
final class QueueTimeoutIT {
  private static final String BODY =
      """
      {"model":"r1-nano","max_tokens":480,"stream":true,"temperature":0,
       "messages":[{"role":"user","content":"Count."}]}
      """;

  private final TestDatabase database = TestDatabase.create();

  @Test
  void whoWaitedTooLongGets504AndAnEmptyReceipt(@TempDir Path directory) throws Exception {
    try (var billing = new BillingFake();
        var service =
            RunningService.start(
                database,
                billing.uri(),
                directory.resolve("tokens"),
                Map.of(
                    "r1.inference.generation.max-running", "1",
                    "r1.inference.generation.queue-timeout", "1ms"))) {
      var answers = new LinkedHashMap<UUID, CompletableFuture<HttpResponse<String>>>();
      for (int i = 0; i < 30; i++) {
        UUID id = RunningService.eventId();
        answers.put(
            id,
            service
                .http()
                .sendAsync(service.chat(id, BODY).build(), HttpResponse.BodyHandlers.ofString()));
      }

      int late = 0;
      for (var answer : answers.entrySet()) {
        HttpResponse<String> response = answer.getValue().get();
        if (response.statusCode() == 504) {
          late++;
          assertThat(response.body()).contains("queue_timeout").contains("nothing is charged");
          String id = answer.getKey().toString();
          Await.until("the receipt is with billing", () -> billing.receipt(id) != null);
          JsonNode receipt = Objects.requireNonNull(billing.receipt(id));
          assertThat(receipt.path("tok_out").asInt()).isZero();
          assertThat(receipt.path("finish").asString()).isEqualTo("deadline");
        }
      }
      assertThat(late).isPositive();
    }
  }
}
