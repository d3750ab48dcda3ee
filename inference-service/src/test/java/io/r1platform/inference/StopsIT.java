package io.r1platform.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.inference.observability.EngineMeter;
import io.r1platform.testing.TestDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Cancels, disconnects and a full queue, on an engine that runs one request at a time. */
final class StopsIT {
  private static final int LONGEST = 480;
  private static final int ATTEMPTS = 10;
  private static final TestDatabase DATABASE = TestDatabase.create();
  private static final BillingFake BILLING = new BillingFake();
  private static final AtomicReference<RunningService> SERVICE = new AtomicReference<>();
  @TempDir static Path directory;

  @BeforeAll
  static void start() throws Exception {
    SERVICE.set(
        RunningService.start(
            DATABASE,
            BILLING.uri(),
            directory.resolve("tokens"),
            Map.of(
                "r1.inference.generation.max-running", "1",
                "r1.inference.generation.max-waiting", "4",
                "r1.inference.completions.keep-alive", "100ms",
                "r1.inference.completions.body-bytes-max", "1000")));
  }

  @AfterAll
  static void stop() {
    service().close();
    BILLING.close();
  }

  private static RunningService service() {
    return SERVICE.get();
  }

  private static HttpRequest.Builder longStream(UUID id) {
    return service()
        .chat(
            id,
            """
            {"model":"r1-nano","max_tokens":%d,"stream":true,"temperature":0,
             "messages":[{"role":"user","content":"Count."}]}
            """
                .formatted(LONGEST));
  }

  private static CompletableFuture<HttpResponse<String>> sendAsync(HttpRequest.Builder request) {
    return service().http().sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static int cancel(UUID id) throws Exception {
    return service()
        .send(
            service()
                .request("/v1/requests/" + id + "/cancel")
                .POST(HttpRequest.BodyPublishers.noBody()))
        .statusCode();
  }

  private static JsonNode receipt(UUID id) {
    Await.until("the receipt is with billing", () -> BILLING.receipt(id.toString()) != null);
    return Objects.requireNonNull(BILLING.receipt(id.toString()));
  }

  private static BufferedReader reader(InputStream stream) {
    return new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
  }

  private static void readFirstEvent(BufferedReader lines) throws IOException {
    String line = lines.readLine();
    while (line != null && !line.startsWith("data: ")) {
      line = lines.readLine();
    }
  }

  /**
   * A stream that its client left before its end.
   *
   * @param receipt with what was generated
   * @param steps that the engine computed for it
   */
  private record Left(JsonNode receipt, double steps) {
    int tokens() {
      return receipt.path("tok_out").asInt();
    }
  }

  /** The engine is fast: it may finish before the client has left, so it is tried again. */
  private static Left leaveAfterTheFirstEvent() throws Exception {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Await.until("the engine is idle", () -> gauge(EngineMeter.REQUESTS_RUNNING) == 0);
      double before = steps();
      UUID id = RunningService.eventId();
      HttpResponse<InputStream> response =
          service().http().send(longStream(id).build(), HttpResponse.BodyHandlers.ofInputStream());
      try (var lines = reader(response.body())) {
        readFirstEvent(lines);
      }
      JsonNode receipt = receipt(id);
      if (receipt.path("finish").asString().equals("cancelled")) {
        return new Left(receipt, steps() - before);
      }
    }
    throw new AssertionError("every stream was over before its client left");
  }

  private static double gauge(EngineMeter meter) {
    return service().bean(MeterRegistry.class).get(meter.id()).gauge().value();
  }

  private static double steps() {
    return service().bean(MeterRegistry.class).get(EngineMeter.STEP.id()).functionTimer().count();
  }

  @Test
  void closingTheConnectionStopsTheEngineAndLeavesAReceipt() throws Exception {
    assertThat(leaveAfterTheFirstEvent().tokens()).isBetween(1, LONGEST - 1);
  }

  /** A step makes one token here, so what was charged shows at which step the cancel came. */
  @Test
  void disconnectFreesTheSlotWithinOneStep() throws Exception {
    Left left = leaveAfterTheFirstEvent();
    assertThat(left.tokens()).isLessThan(LONGEST);
    assertThat(left.steps()).isBetween((double) left.tokens(), left.tokens() + 1.0);
    assertThat(gauge(EngineMeter.REQUESTS_RUNNING)).isZero();
    assertThat(gauge(EngineMeter.KV_TOKENS_USED)).isZero();
  }

  @Test
  void cancelEndsTheStreamWithAnErrorAndItsExactUsage() throws Exception {
    JsonNode last = null;
    UUID cancelled = null;
    for (int attempt = 0; attempt < ATTEMPTS && last == null; attempt++) {
      UUID id = RunningService.eventId();
      HttpResponse<InputStream> response =
          service().http().send(longStream(id).build(), HttpResponse.BodyHandlers.ofInputStream());
      try (var lines = reader(response.body())) {
        readFirstEvent(lines);
        int status = cancel(id);
        String rest = lines.lines().map(line -> line + '\n').collect(Collectors.joining());
        Stream stream = Stream.of(rest);
        if (status == 202 && !stream.done()) {
          last = stream.events().getLast().data();
          cancelled = id;
        }
      }
    }

    assertThat(Objects.requireNonNull(last).path("r1").path("finish").asString())
        .isEqualTo("cancelled");
    assertThat(last.path("error").path("code").asString()).isEqualTo("request_cancelled");
    JsonNode receipt = receipt(Objects.requireNonNull(cancelled));
    assertThat(receipt.path("finish").asString()).isEqualTo("cancelled");
    assertThat(receipt.path("tok_out").asInt())
        .isEqualTo(last.path("usage").path("completion_tokens").asInt());
    assertThat(receipt.path("tok_hit").asInt() + receipt.path("tok_miss").asInt())
        .isEqualTo(last.path("usage").path("prompt_tokens").asInt());
  }

  /**
   * The engine is fast, or late: a time in which it makes some tokens but not all is looked for.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aCallersTimeoutEndsTheAnswerAsAtItsCap(int choices) throws Exception {
    JsonNode whole = null;
    UUID id = RunningService.eventId();
    for (int millis = 8; millis < 4_000 && whole == null; millis *= 2) {
      id = RunningService.eventId();
      HttpResponse<String> answer =
          service()
              .send(
                  service()
                      .chat(
                          id,
                          """
                          {"model":"r1-nano","max_tokens":480,"temperature":0,"n":%d,
                           "messages":[{"role":"user","content":"Count."}]}
                          """
                              .formatted(choices))
                      .header("x-r1-timeout", "%.3f".formatted(millis / 1_000.0)));
      if (answer.statusCode() == 200) {
        whole = RunningService.json(answer.body());
      } else {
        assertThat(answer.statusCode()).isEqualTo(504);
        assertThat(receipt(id).path("tok_out").asInt()).isZero();
      }
    }

    int tokens = Objects.requireNonNull(whole).path("usage").path("completion_tokens").asInt();
    assertThat(tokens).isBetween(1, choices * LONGEST - 1);
    assertThat(whole.path("choices")).hasSize(choices);
    for (JsonNode choice : whole.path("choices")) {
      assertThat(choice.path("finish_reason").asString()).isEqualTo("length");
    }
    assertThat(whole.has("error")).isFalse();
    assertThat(receipt(id).path("tok_out").asInt()).isEqualTo(tokens);
    assertThat(receipt(id).path("finish").asString()).isEqualTo("length");
  }

  @Test
  void aTimeoutThatIsNoTimeIsRefused() throws Exception {
    HttpResponse<String> answer =
        service().send(longStream(RunningService.eventId()).header("x-r1-timeout", "soon"));
    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(answer.body()).contains("x-r1-timeout");
  }

  @Test
  void cancelOfAnUnknownRequestIsNotFound() throws Exception {
    assertThat(cancel(RunningService.eventId())).isEqualTo(404);
  }

  @Test
  void fullQueueAnswers503AndNobodyHangs() throws Exception {
    var answers = new ArrayList<CompletableFuture<HttpResponse<String>>>();
    var ids = new ArrayList<UUID>();
    for (int i = 0; i < 30; i++) {
      ids.add(RunningService.eventId());
      answers.add(sendAsync(longStream(ids.getLast())));
    }

    int served = 0;
    int refused = 0;
    for (int i = 0; i < answers.size(); i++) {
      HttpResponse<String> answer = answers.get(i).get();
      if (answer.statusCode() == 200) {
        served++;
        assertThat(Stream.of(answer.body()).done()).isTrue();
        assertThat(receipt(ids.get(i)).path("tok_out").asInt()).isEqualTo(LONGEST);
      } else {
        refused++;
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("engine_overloaded");
        assertThat(answer.headers().firstValueAsLong("retry-after").orElse(0)).isPositive();
        assertThat(BILLING.receipt(ids.get(i).toString())).isNull();
      }
    }
    assertThat(served).isPositive();
    assertThat(refused).isPositive();
  }

  @Test
  void whoWaitsIsKeptAliveAndTheWireRuleHolds() throws Exception {
    var answers = new ArrayList<CompletableFuture<HttpResponse<String>>>();
    for (int i = 0; i < 5; i++) {
      answers.add(sendAsync(longStream(RunningService.eventId())));
    }

    List<String> bodies = new ArrayList<>();
    for (var answer : answers) {
      HttpResponse<String> response = answer.get();
      if (response.statusCode() == 200) {
        bodies.add(response.body());
      }
    }

    assertThat(bodies).anySatisfy(body -> assertThat(body).startsWith(": keep-alive\n\n"));
    for (String body : bodies) {
      String afterFirstId = body.substring(body.indexOf("id: "));
      for (String block : afterFirstId.split("\n\n", -1)) {
        assertThat(block.isEmpty() || block.contains("data: ")).isTrue();
      }
    }
  }

  @Test
  void aWaitingJsonRequestGetsEmptyLinesBeforeItsObject() throws Exception {
    var answers = new ArrayList<CompletableFuture<HttpResponse<String>>>();
    for (int i = 0; i < 5; i++) {
      answers.add(
          sendAsync(
              service()
                  .chat(
                      RunningService.eventId(),
                      """
                      {"model":"r1-nano","max_tokens":480,"temperature":0,
                       "messages":[{"role":"user","content":"Count."}]}
                      """)));
    }

    List<String> bodies = new ArrayList<>();
    for (var answer : answers) {
      bodies.add(answer.get().body());
    }

    assertThat(bodies).anySatisfy(body -> assertThat(body).startsWith("\n"));
    assertThat(bodies)
        .allSatisfy(
            body ->
                assertThat(
                        RunningService.json(body).path("usage").path("completion_tokens").asInt())
                    .isEqualTo(LONGEST));
  }

  @Test
  void aBodyOverTheLimitIsRefused() throws Exception {
    HttpResponse<String> answer =
        service().send(service().chat(RunningService.eventId(), " ".repeat(1_001)));

    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(answer.body()).contains("request_too_large");
  }
}
