package io.r1platform.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.testing.TestDatabase;
import io.r1platform.testing.TestServer;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What a client sees while PostgreSQL does not answer, and what is left afterwards. */
final class DatabaseAwayIT {
  private static final String BODY =
      """
      {"model":"r1-nano","max_tokens":8,"stream":true,
       "messages":[{"role":"user","content":"Hi"}]}
      """;

  private final TestDatabase database = TestDatabase.create();

  private void away(boolean isAway) {
    database
        .server()
        .execute(
            TestServer.ADMIN_DATABASE,
            "alter database %s with allow_connections %s".formatted(database.name(), !isAway));
    if (isAway) {
      database
          .server()
          .execute(
              TestServer.ADMIN_DATABASE,
              "select pg_terminate_backend(pid) from pg_stat_activity where datname = '%s'"
                  .formatted(database.name()));
    }
  }

  @Test
  void noUsageLeavesBeforeItsReceiptAndNoReceiptIsLost(@TempDir Path directory) throws Exception {
    try (var billing = new BillingFake();
        var service =
            RunningService.start(
                database,
                billing.uri(),
                directory.resolve("tokens"),
                Map.of("r1.inference.generation.receipt-timeout", "500ms"))) {
      UUID id = RunningService.eventId();
      away(true);

      HttpResponse<String> answer = service.send(service.chat(id, BODY));

      Stream stream = Stream.of(answer.body());
      JsonNode last = stream.events().getLast().data();
      assertThat(stream.done()).isFalse();
      assertThat(last.path("error").path("code").asString()).isEqualTo("metering_unavailable");
      assertThat(last.path("usage").path("completion_tokens").asInt()).isPositive();

      HttpResponse<String> refused = service.send(service.chat(RunningService.eventId(), BODY));
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("retry-after")).isPresent();

      away(false);
      Await.until("the receipt is with billing", () -> billing.receipt(id.toString()) != null);
      assertThat(Objects.requireNonNull(billing.receipt(id.toString())).path("tok_out").asInt())
          .isEqualTo(last.path("usage").path("completion_tokens").asInt());
      Await.until(
          "new requests are taken",
          () -> service.send(service.chat(RunningService.eventId(), BODY)).statusCode() == 200);
    }
  }
}
