package io.r1platform.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.testing.TestDatabase;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** {@code /v1/completions} and {@code /v1/tokenize}, end to end, on r1-nano. */
final class RawCompletionsIT {
  private static final TestDatabase DATABASE = TestDatabase.create();
  private static final BillingFake BILLING = new BillingFake();
  private static final AtomicReference<RunningService> SERVICE = new AtomicReference<>();
  @TempDir static Path directory;

  @BeforeAll
  static void start() throws Exception {
    SERVICE.set(
        RunningService.start(
            DATABASE, BILLING.uri(), directory.resolve("tokens"), SchemasIT.SETTINGS));
  }

  @AfterAll
  static void stop() {
    Objects.requireNonNull(SERVICE.get()).close();
    BILLING.close();
  }

  private static RunningService service() {
    return Objects.requireNonNull(SERVICE.get());
  }

  private static HttpResponse<String> post(String path, UUID id, String body) throws Exception {
    return service()
        .send(
            service()
                .request(path)
                .header("x-r1-request-id", id.toString())
                .POST(HttpRequest.BodyPublishers.ofString("{\"model\":\"r1-nano\"," + body + "}")));
  }

  private static HttpResponse<String> complete(UUID id, String body) throws Exception {
    return post("/v1/completions", id, "\"temperature\":0,\"prompt\":\"What is 3 + 4?\"" + body);
  }

  private static JsonNode count(String body) throws Exception {
    HttpResponse<String> counted = post("/v1/tokenize", RunningService.eventId(), body);
    assertThat(counted.statusCode()).as(counted.body()).isEqualTo(200);
    return RunningService.json(counted.body());
  }

  @Test
  void allOutputIsAnswerAndItsReceiptSaysSo() throws Exception {
    UUID id = RunningService.eventId();
    JsonNode answer = RunningService.json(complete(id, "").body());

    assertThat(answer.path("object").asString()).isEqualTo("text_completion");
    assertThat(answer.path("id").asString()).isEqualTo("cmpl-" + id);
    JsonNode choice = answer.path("choices").get(0);
    assertThat(choice.path("text").asString()).isNotEmpty();
    assertThat(choice.has("message")).isFalse();
    JsonNode usage = answer.path("usage");
    assertThat(usage.path("completion_tokens").asInt()).isBetween(1, 16);
    assertThat(usage.path("completion_tokens_details").path("reasoning_tokens").asInt()).isZero();
    Await.until("the receipt is with billing", () -> BILLING.receipt(id.toString()) != null);
    JsonNode receipt = Objects.requireNonNull(BILLING.receipt(id.toString()));
    assertThat(receipt.path("tok_out")).isEqualTo(usage.path("completion_tokens"));
    assertThat(receipt.path("tok_reason").asInt()).isZero();
  }

  @Test
  void aStreamGivesTheSameTextAndTellsThatNothingIsReasoning() throws Exception {
    JsonNode whole = RunningService.json(complete(RunningService.eventId(), "").body());
    String body = complete(RunningService.eventId(), ",\"stream\":true").body();
    Stream stream = Stream.of(body);

    assertThat(stream.done()).isTrue();
    assertThat(body).contains(": reasoning_tokens=0\n");
    String text =
        stream.events().stream()
            .map(event -> event.data().path("choices").path(0).path("text").asString(""))
            .collect(Collectors.joining());
    assertThat(text).isEqualTo(whole.path("choices").get(0).path("text").asString());
  }

  @Test
  void severalChoicesAndLogprobsHaveOpenAisOlderShape() throws Exception {
    JsonNode answer =
        RunningService.json(
            complete(RunningService.eventId(), ",\"n\":2,\"logprobs\":3,\"max_tokens\":5").body());

    assertThat(answer.path("choices").size()).isEqualTo(2);
    assertThat(answer.path("usage").path("completion_tokens").asInt()).isBetween(2, 10);
    for (JsonNode choice : answer.path("choices")) {
      JsonNode logprobs = choice.path("logprobs");
      int tokens = logprobs.path("tokens").size();
      assertThat(tokens).isPositive();
      assertThat(logprobs.path("token_logprobs").size()).isEqualTo(tokens);
      assertThat(logprobs.path("top_logprobs").size()).isEqualTo(tokens);
      assertThat(logprobs.path("top_logprobs").get(0).size()).isBetween(1, 3);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"echo\":true", "\"best_of\":2", "\"suffix\":\"x\"", "\"prompt\":[1,2]"})
  void whatItDoesNotDoIsRefused(String field) throws Exception {
    HttpResponse<String> refused = complete(RunningService.eventId(), "," + field);

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("unsupported_parameter");
  }

  /** A hold may rest on it. */
  @Test
  void tokensAreCountedAsTheyAreCharged() throws Exception {
    JsonNode raw = count("\"input\":\"What is 3 + 4?\",\"return_ids\":true");
    int charged =
        RunningService.json(complete(RunningService.eventId(), ",\"max_tokens\":1").body())
            .path("usage")
            .path("prompt_tokens")
            .asInt();
    assertThat(raw.path("tokens").asInt()).isEqualTo(charged);
    assertThat(raw.path("token_ids").size()).isEqualTo(charged);
    assertThat(raw.path("template_tokens").asInt()).isEqualTo(1);

    String messages = "\"messages\":[{\"role\":\"user\",\"content\":\"What is 3 + 4?\"}]";
    JsonNode chat = count(messages);
    HttpResponse<String> answer =
        post("/v1/chat/completions", RunningService.eventId(), messages + ",\"max_tokens\":1");
    assertThat(chat.path("tokens"))
        .isEqualTo(RunningService.json(answer.body()).path("usage").path("prompt_tokens"));
    assertThat(chat.has("token_ids")).isFalse();
    assertThat(count(messages + ",\"input\":\"x\"").path("tokens")).isEqualTo(chat.path("tokens"));
    assertThat(chat.path("tokens").asInt() - chat.path("template_tokens").asInt())
        .isEqualTo(charged - 1);
  }

  @Test
  void theModelThatTheGatewayNamesCounts() throws Exception {
    HttpResponse<String> counted =
        service()
            .send(
                service()
                    .request("/v1/tokenize")
                    .header("x-r1-model", "r1-nano")
                    .POST(
                        HttpRequest.BodyPublishers.ofString(
                            "{\"model\":\"an alias of the gateway's\",\"input\":\"x\"}")));
    assertThat(counted.statusCode()).as(counted.body()).isEqualTo(200);
  }

  @Test
  void noTextBecomesAMarker() throws Exception {
    JsonNode marked = count("\"input\":\"<｜User｜>\",\"return_ids\":true");

    assertThat(marked.path("tokens").asInt()).isGreaterThan(2);
  }
}
