package io.r1platform.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.testing.TestDatabase;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What a request can ask of the answer's form, end to end, on r1-nano. */
final class OutputIT {
  private static final TestDatabase DATABASE = TestDatabase.create();
  private static final BillingFake BILLING = new BillingFake();
  private static final AtomicReference<RunningService> SERVICE = new AtomicReference<>();
  private static final String TOOLS =
      ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"add\",\"parameters\":"
          + "{\"type\":\"object\",\"properties\":{\"sure\":{\"type\":\"boolean\"}},"
          + "\"required\":[\"sure\"],\"additionalProperties\":false}}}]";
  @TempDir static Path directory;

  @BeforeAll
  static void start() throws Exception {
    SERVICE.set(
        RunningService.start(
            DATABASE,
            BILLING.uri(),
            directory.resolve("tokens"),
            Map.of("r1.inference.models[0].path", "../models/r1-nano/r1-nano.gguf")));
  }

  @AfterAll
  static void stop() {
    Objects.requireNonNull(SERVICE.get()).close();
    BILLING.close();
  }

  private static HttpResponse<String> chat(UUID id, String more) throws Exception {
    RunningService service = Objects.requireNonNull(SERVICE.get());
    return service.send(
        service.chat(
            id,
            """
            {"model":"r1-nano","messages":[{"role":"user","content":"What is 347 + 589?"}]%s}
            """
                .formatted(more)));
  }

  private static JsonNode answer(String more) throws Exception {
    HttpResponse<String> answer = chat(RunningService.eventId(), more);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return RunningService.json(answer.body());
  }

  @Test
  void schemaConstrainsOnlyTheAnswer() throws Exception {
    String schema =
        ",\"temperature\":0,\"response_format\":{\"type\":\"json_schema\","
            + "\"json_schema\":{\"schema\":"
            + "{\"type\":\"object\",\"properties\":{\"sure\":{\"type\":\"boolean\"}},"
            + "\"required\":[\"sure\"],\"additionalProperties\":false}}}";
    JsonNode choice = answer(schema).path("choices").get(0);

    assertThat(choice.path("finish_reason").asString()).isEqualTo("stop");
    assertThat(choice.path("message").path("reasoning_content").asString()).doesNotStartWith("{");
    JsonNode json = RunningService.json(choice.path("message").path("content").asString());
    assertThat(json.path("sure").isBoolean()).isTrue();

    HttpResponse<String> refused =
        chat(RunningService.eventId(), schema.replace("\"type\":\"boolean\"", "\"minimum\":1"));
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("unsupported_schema").contains("minimum");
  }

  @Test
  void aRequiredCallHasArgumentsOfItsSchema() throws Exception {
    for (String choice :
        new String[] {"\"required\"", "{\"type\":\"function\",\"function\":{\"name\":\"add\"}}"}) {
      JsonNode only =
          answer(TOOLS + ",\"parallel_tool_calls\":false,\"tool_choice\":" + choice)
              .path("choices")
              .get(0);

      assertThat(only.path("finish_reason").asString()).isEqualTo("tool_calls");
      JsonNode call = only.path("message").path("tool_calls").get(0);
      assertThat(call.path("function").path("name").asString()).isEqualTo("add");
      assertThat(
              RunningService.json(call.path("function").path("arguments").asString())
                  .path("sure")
                  .isBoolean())
          .isTrue();
    }
  }

  @Test
  void severalChoicesHaveOneReceiptWithThePromptOnce() throws Exception {
    UUID id = RunningService.eventId();
    JsonNode one = answer(",\"max_tokens\":8");
    JsonNode all =
        RunningService.json(chat(id, ",\"max_tokens\":8,\"n\":3,\"temperature\":1").body());

    Set<Integer> indexes = new HashSet<>();
    all.path("choices").forEach(choice -> indexes.add(choice.path("index").asInt()));
    assertThat(indexes).containsExactlyInAnyOrder(0, 1, 2);
    JsonNode usage = all.path("usage");
    assertThat(usage.path("prompt_tokens")).isEqualTo(one.path("usage").path("prompt_tokens"));
    assertThat(usage.path("completion_tokens").asInt()).isEqualTo(24);
    Await.until("the receipt is with billing", () -> BILLING.receipt(id.toString()) != null);
    JsonNode receipt = Objects.requireNonNull(BILLING.receipt(id.toString()));
    assertThat(receipt.path("tok_out").asInt()).isEqualTo(24);
    assertThat(receipt.path("tok_hit").asInt() + receipt.path("tok_miss").asInt())
        .isEqualTo(usage.path("prompt_tokens").asInt());
    assertThat(receipt.path("output_sha256")).isEqualTo(all.path("r1").path("output_sha256"));
  }

  @Test
  void logprobsTellOfEveryTokenOfTheText() throws Exception {
    JsonNode choice =
        answer(",\"max_tokens\":6,\"temperature\":0,\"logprobs\":true,\"top_logprobs\":2")
            .path("choices")
            .get(0);

    JsonNode tokens = choice.path("logprobs").path("reasoning_content");
    assertThat(tokens.size()).isPositive();
    for (JsonNode token : tokens) {
      assertThat(token.path("top_logprobs").size()).isEqualTo(2);
      assertThat(token.path("top_logprobs").get(0).path("token")).isEqualTo(token.path("token"));
    }
  }
}
