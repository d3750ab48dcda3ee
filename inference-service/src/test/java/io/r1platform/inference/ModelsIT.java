package io.r1platform.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.testing.TestDatabase;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Models that come and go while another is served, over HTTP. */
final class ModelsIT {
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
            Map.of("r1.inference.generation.drain-timeout", "60s")));
  }

  @AfterAll
  static void stop() {
    service().close();
    BILLING.close();
  }

  private static RunningService service() {
    return Objects.requireNonNull(SERVICE.get());
  }

  private static HttpResponse<String> load(Path file, String name, int number) throws Exception {
    String body =
        "{\"path\":\"%s\",\"name\":\"%s\",\"model_id\":%d}"
            .formatted(file.toAbsolutePath().normalize(), name, number);
    return service()
        .send(
            service()
                .request("/v1/models")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
  }

  private static HttpResponse<String> unload(String name) throws Exception {
    return service().send(service().request("/v1/models/" + name).DELETE());
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return service().send(service().request(path));
  }

  private static void awaitReady(String name) {
    Await.until(
        name + " is ready", () -> get("/v1/models/" + name).body().contains("context_length"));
  }

  private static void awaitGone(String name) {
    Await.until(name + " is gone", () -> get("/v1/models/" + name).statusCode() == 404);
  }

  private static String body(String model, String more) {
    return """
        {"model":"%s","temperature":0,"messages":[{"role":"user","content":"Count."}]%s}
        """
        .formatted(model, more);
  }

  private static HttpResponse<String> chat(UUID id, String model) throws Exception {
    return service().send(service().chat(id, body(model, ",\"max_tokens\":8")));
  }

  private static JsonNode receipt(UUID id) {
    Await.until("the receipt is with billing", () -> BILLING.receipt(id.toString()) != null);
    return Objects.requireNonNull(BILLING.receipt(id.toString()));
  }

  private static String code(HttpResponse<String> refused) {
    return RunningService.json(refused.body()).path("error").path("code").asString();
  }

  @Test
  void eachModelAnswersAndIsMeteredUnderItsNumber() throws Exception {
    assertThat(load(RunningService.FIXTURE, "second", 7).statusCode()).isEqualTo(202);
    awaitReady("second");
    UUID ofFirst = RunningService.eventId();
    UUID ofSecond = RunningService.eventId();

    assertThat(chat(ofFirst, "r1-nano").statusCode()).isEqualTo(200);
    HttpResponse<String> answer = chat(ofSecond, "second");

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(receipt(ofFirst).path("model_id").asInt()).isEqualTo(2);
    assertThat(receipt(ofSecond).path("model_id").asInt()).isEqualTo(7);
    JsonNode list = RunningService.json(get("/v1/models").body());
    assertThat(list.path("data").size()).isEqualTo(2);
    JsonNode second = list.path("data").path(1);
    assertThat(second.path("backend").asString()).startsWith("llamacpp");
    assertThat(second.path("simulated").asBoolean(true)).isFalse();
    assertThat(second.path("capabilities").toString()).contains("json_schema");
    assertThat(unload("second").statusCode()).isEqualTo(202);
    awaitGone("second");
  }

  @Test
  void anUnloadLetsWhatRunsEndAndTheNameIsFreeAgain() throws Exception {
    load(RunningService.FIXTURE, "leaving", 8);
    awaitReady("leaving");
    UUID id = RunningService.eventId();
    CompletableFuture<HttpResponse<String>> stream =
        service()
            .http()
            .sendAsync(
                service().chat(id, body("leaving", ",\"max_tokens\":480,\"stream\":true")).build(),
                BodyHandlers.ofString());
    Await.until("it is admitted", () -> service().bean(Probe.class).tookSomething("leaving"));

    assertThat(unload("leaving").statusCode()).isEqualTo(202);
    HttpResponse<String> late = chat(RunningService.eventId(), "leaving");

    assertThat(late.statusCode()).as(late.body()).isIn(503, 404);
    Stream ended = Stream.of(stream.get().body());
    assertThat(ended.done()).isTrue();
    assertThat(ended.usageChunk().path("r1").path("finish").asString()).isIn("stop", "length");
    assertThat(receipt(id).path("tok_out").asInt())
        .isEqualTo(ended.usageChunk().path("usage").path("completion_tokens").asInt(-1));
    awaitGone("leaving");
    assertThat(code(chat(RunningService.eventId(), "leaving"))).isEqualTo("model_not_found");
    assertThat(chat(RunningService.eventId(), "r1-nano").statusCode()).isEqualTo(200);
    assertThat(load(RunningService.FIXTURE, "leaving", 8).statusCode()).isEqualTo(202);
    awaitReady("leaving");
    assertThat(chat(RunningService.eventId(), "leaving").statusCode()).isEqualTo(200);
    unload("leaving");
    awaitGone("leaving");
  }

  @Test
  void takenNamesAndNumbersAndUnknownModelsAreRefused() throws Exception {
    assertThat(load(RunningService.FIXTURE, "r1-nano", 9).statusCode()).isEqualTo(409);
    assertThat(load(RunningService.FIXTURE, "other", 2).statusCode()).isEqualTo(409);
    assertThat(code(unload("nobody"))).isEqualTo("model_not_found");
  }

  @Test
  void aFileThatIsNoModelIsRefusedWithTheReason() throws Exception {
    Path file = Files.writeString(directory.resolve("no-model.gguf"), "no model at all, of course");
    HttpResponse<String> refused = load(file, "broken", 9);
    assertThat(refused.statusCode()).isEqualTo(422);
    assertThat(refused.body()).contains("not a GGUF file");
    assertThat(get("/v1/models/broken").statusCode()).isEqualTo(404);
  }

  @Test
  void aModelThatDoesNotFitIsRefusedWithBothNumbers() throws Exception {
    Path large = directory.resolve("large.gguf");
    Files.write(large, withContext(Integer.MAX_VALUE - 1));
    HttpResponse<String> refused = load(large, "large", 9);
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(409);
    assertThat(refused.body()).containsPattern("needs [0-9]{12,} bytes").contains("are free");
    assertThat(get("/v1/models/large").statusCode()).isEqualTo(404);
  }

  /** The fixture, but that it says it was trained for so many tokens. */
  private static byte[] withContext(int tokens) throws Exception {
    byte[] file = Files.readAllBytes(RunningService.FIXTURE);
    String key = "deepseek2.context_length";
    int at = new String(file, StandardCharsets.ISO_8859_1).indexOf(key) + key.length();
    ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(at + Integer.BYTES, tokens);
    return file;
  }
}
