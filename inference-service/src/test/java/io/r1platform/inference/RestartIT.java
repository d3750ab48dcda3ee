package io.r1platform.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.testing.TestDatabase;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** What one process leaves, the next brings to billing. */
final class RestartIT {
  private final TestDatabase database = TestDatabase.create();
  private final JdbcClient sql = JdbcClient.create(database.superuser());

  private static String body(int tokens) {
    return """
        {"model":"r1-nano","max_tokens":%d,"stream":true,"temperature":0,
         "messages":[{"role":"user","content":"Hi"}]}
        """
        .formatted(tokens);
  }

  private long openInstances() {
    return sql.sql("select count(*) from inference.engine_instance where reported_at is null")
        .query(Long.class)
        .single();
  }

  @Test
  void receiptsThatBillingMissedAreShippedByTheNextProcess(@TempDir Path directory)
      throws Exception {
    var ids = new ArrayList<String>();
    try (var billing = new BillingFake()) {
      billing.away(true);
      try (var service =
          RunningService.start(database, billing.uri(), directory.resolve("tokens"), Map.of())) {
        for (int i = 0; i < 3; i++) {
          UUID id = RunningService.eventId();
          ids.add(id.toString());
          assertThat(service.send(service.chat(id, body(3))).statusCode()).isEqualTo(200);
        }
      }
      assertThat(billing.receipts()).isEmpty();
      String dead =
          sql.sql("select instance_id::text from inference.engine_instance")
              .query(String.class)
              .single();

      billing.away(false);
      try (var service =
          RunningService.start(database, billing.uri(), directory.resolve("tokens"), Map.of())) {
        Await.until("the dead stream is ended", () -> billing.ended().contains(dead));
        assertThat(billing.receipts())
            .extracting(receipt -> receipt.path("event_id").asString())
            .containsExactlyElementsOf(ids);
        assertThat(service.uri("/").getPort()).isPositive();
      }
    }
    assertThat(openInstances()).isZero();
  }

  @Test
  void aStreamThatBillingRefusesHoldsUpNoOther(@TempDir Path directory) throws Exception {
    UUID stuck = RunningService.eventId();
    UUID next = RunningService.eventId();
    Path tokens = directory.resolve("tokens");
    try (var billing = new BillingFake()) {
      billing.away(true);
      try (var service = RunningService.start(database, billing.uri(), tokens, Map.of())) {
        service.send(service.chat(stuck, body(3)));
      }
      billing.refuse(
          sql.sql("select instance_id::text from inference.engine_instance")
              .query(String.class)
              .single());
      billing.away(false);
      try (var service = RunningService.start(database, billing.uri(), tokens, Map.of())) {
        service.send(service.chat(next, body(3)));
        Await.until("shipped", () -> billing.receipt(next.toString()) != null);
        assertThat(billing.receipt(stuck.toString())).isNull();
        billing.refuse("");
        Await.until("shipped late", () -> billing.receipt(stuck.toString()) != null);
      }
    }
    assertThat(openInstances()).isZero();
  }

  @Test
  void aKilledProcessIsFencedAndItsRowsAreShippedFromTheStart(@TempDir Path directory)
      throws Exception {
    UUID first = RunningService.eventId();
    try (var billing = new BillingFake()) {
      try (var service =
          RunningService.start(database, billing.uri(), directory.resolve("tokens"), Map.of())) {
        service.send(service.chat(first, body(3)));
        Await.until("shipped", () -> billing.receipt(first.toString()) != null);
        // as kill -9 leaves it: not ended; and billing was restored from before the batch
        billing.forget();
        try (var successor =
            RunningService.start(database, billing.uri(), directory.resolve("tokens"), Map.of())) {
          HttpResponse<String> ofZombie =
              service.send(service.chat(RunningService.eventId(), body(3)));
          UUID second = RunningService.eventId();
          successor.send(successor.chat(second, body(3)));

          assertThat(ofZombie.body()).contains("metering_unavailable").doesNotContain("[DONE]");
          Await.until("shipped", () -> billing.receipt(second.toString()) != null);
          Await.until("shipped again", () -> billing.receipt(first.toString()) != null);
        }
      }
      // an end is said at least once: here by the successor, and by the zombie as it stops
      assertThat(Set.copyOf(billing.ended())).hasSize(2);
    }
    assertThat(openInstances()).isZero();
  }

  @Test
  void shuttingDownEndsRunningStreamsWithUsageAndReceipts(@TempDir Path directory)
      throws Exception {
    var answers = new ArrayList<CompletableFuture<HttpResponse<String>>>();
    try (var billing = new BillingFake()) {
      var service =
          RunningService.start(
              database,
              billing.uri(),
              directory.resolve("tokens"),
              Map.of(
                  "r1.inference.generation.max-running", "1",
                  "r1.inference.generation.drain-timeout", "0s"));
      for (int i = 0; i < 40; i++) {
        answers.add(
            service
                .http()
                .sendAsync(
                    service.chat(RunningService.eventId(), body(480)).build(),
                    HttpResponse.BodyHandlers.ofString()));
      }
      Await.until(
          "the engine has taken all", () -> service.bean(Probe.class).taken() >= answers.size());
      service.close();
    }

    long tokens = 0;
    long taken = 0;
    var codes = new ArrayList<String>();
    for (var answer : answers) {
      JsonNode last = lastObject(answer.get().body());
      taken += last.has("usage") ? 1 : 0;
      tokens += last.path("usage").path("completion_tokens").asLong();
      codes.add(last.path("error").path("code").asString(""));
    }
    assertThat(codes).isSubsetOf(List.of("", "server_draining")).contains("server_draining");
    assertThat(
            sql.sql("select sum(tok_out) from inference.engine_receipt").query(Long.class).single())
        .isEqualTo(tokens);
    assertThat(sql.sql("select count(*) from inference.engine_receipt").query(Long.class).single())
        .isEqualTo(taken);
    assertThat(openInstances()).isZero();
  }

  private static JsonNode lastObject(String body) {
    return body.startsWith("{")
        ? RunningService.json(body)
        : Stream.of(body).events().getLast().data();
  }
}
