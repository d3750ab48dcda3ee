package io.r1platform.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.inference.generation.Generations;
import io.r1platform.inference.generation.Vocabulary;
import io.r1platform.testing.TestDatabase;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
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
  private static final String BODY =
      "{\"model\":\"r1-nano\","
          + "\"messages\":[{\"role\":\"user\",\"content\":\"What is 347 + 589?\"}]%s}";
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
    return service.send(service.chat(id, BODY.formatted(more)));
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
  void aJsonObjectIsOne() throws Exception {
    JsonNode choice =
        answer(
                ",\"temperature\":0,\"max_tokens\":200,"
                    + "\"response_format\":{\"type\":\"json_object\"}")
            .path("choices")
            .get(0);
    String content = choice.path("message").path("content").asString();
    assertThat(choice.path("message").path("reasoning_content").asString()).doesNotStartWith("{");
    assertThat(content.strip()).startsWith("{"); // a grammar allows space before it
    if (choice.path("finish_reason").asString().equals("stop")) { // a random model may go on
      assertThat(RunningService.json(content).isObject()).isTrue();
    }
  }

  /** A gateway could not take it, and who cannot be answered must not be generated for. */
  @Test
  void moreLogprobsThanAnAnswerInOnePieceCanHaveAreRefused() throws Exception {
    String more = ",\"max_tokens\":480,\"n\":8,\"logprobs\":true,\"top_logprobs\":20";
    HttpResponse<String> refused = chat(RunningService.eventId(), more);
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(422);
    assertThat(refused.body()).contains("max_tokens", "at most 390 tokens for each choice");
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

  @Test
  void aStreamHasTheLogprobsOfTheWholeAnswer() throws Exception {
    String asked = ",\"max_tokens\":12,\"temperature\":0,\"logprobs\":true,\"top_logprobs\":2";
    JsonNode whole =
        answer(asked).path("choices").get(0).path("logprobs").path("reasoning_content");

    var streamed = new ArrayList<JsonNode>();
    String body = chat(RunningService.eventId(), asked + ",\"stream\":true").body();
    for (Stream.Event event : Stream.of(body).events()) {
      event
          .data()
          .path("choices")
          .path(0)
          .path("logprobs")
          .path("reasoning_content")
          .forEach(streamed::add);
    }

    assertThat(streamed).isNotEmpty().map(token -> token.path("token")).isEqualTo(words(whole));
  }

  private static List<JsonNode> words(JsonNode tokens) {
    var words = new ArrayList<JsonNode>();
    tokens.forEach(token -> words.add(token.path("token")));
    return words;
  }

  /** Batched with others, each choice is what its seed makes of the prompt alone. */
  @Test
  void choicesAreCountedAsTheSumOfSingleAnswers() throws Exception {
    String sampled = ",\"max_tokens\":200,\"temperature\":0.9";
    JsonNode all = answer(sampled + ",\"seed\":40,\"n\":3");

    int output = 0;
    int reasoning = 0;
    for (int i = 0; i < 3; i++) {
      JsonNode one = answer(sampled + ",\"seed\":" + (40 + i));
      assertThat(byIndex(all, i).path("message"))
          .isEqualTo(one.path("choices").get(0).path("message"));
      JsonNode usage = one.path("usage");
      output += usage.path("completion_tokens").asInt();
      reasoning += usage.path("completion_tokens_details").path("reasoning_tokens").asInt();
    }
    JsonNode usage = all.path("usage");
    assertThat(usage.path("completion_tokens").asInt()).isEqualTo(output);
    assertThat(usage.path("completion_tokens_details").path("reasoning_tokens").asInt())
        .isEqualTo(reasoning);
  }

  private static JsonNode byIndex(JsonNode answer, int index) {
    for (JsonNode choice : answer.path("choices")) {
      if (choice.path("index").asInt() == index) {
        return choice;
      }
    }
    throw new AssertionError("no choice " + index + " in " + answer);
  }

  /** The gateway counts from this where the stream breaks. */
  @Test
  void aStreamOfSeveralChoicesTellsItsTokensByClass() throws Exception {
    String body = chat(RunningService.eventId(), ",\"n\":2,\"seed\":3,\"stream\":true").body();
    Stream stream = Stream.of(body);

    assertThat(stream.done()).isTrue();
    assertThat(stream.events()).extracting(Stream.Event::id).isSorted();
    JsonNode usage = stream.usageChunk().path("usage");
    assertThat(stream.lastId()).isEqualTo(usage.path("completion_tokens").asInt());
    String told = ": reasoning_tokens=";
    String last = body.substring(body.lastIndexOf(told) + told.length());
    assertThat(last.substring(0, last.indexOf('\n')))
        .isEqualTo(usage.path("completion_tokens_details").path("reasoning_tokens").asString());
  }

  @Test
  void aCancelEndsAllChoicesAndCountsWhatTheyGenerated() throws Exception {
    RunningService service = Objects.requireNonNull(SERVICE.get());
    Vocabulary vocabulary = service.bean(Generations.class).vocabulary("r1-nano");
    UUID id = RunningService.eventId();
    String endless =
        ",\"n\":3,\"max_tokens\":1900,\"stream\":true,\"logit_bias\":{\"%d\":-100,\"%d\":-100}"
            .formatted(vocabulary.markerId("</think>"), vocabulary.markerId("<｜end▁of▁sentence｜>"));
    HttpResponse<InputStream> response =
        service
            .http()
            .send(
                service.chat(id, BODY.formatted(endless)).build(),
                HttpResponse.BodyHandlers.ofInputStream());
    String rest;
    try (InputStream in = response.body()) {
      assertThat(in.read()).isPositive();
      HttpResponse<String> cancelled =
          service.send(
              service
                  .request("/v1/requests/" + id + "/cancel")
                  .POST(HttpRequest.BodyPublishers.noBody()));
      assertThat(cancelled.statusCode()).isEqualTo(202);
      rest = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    JsonNode last = Stream.of("i" + rest).usageChunk();

    assertThat(last.path("error").path("code").asString()).isEqualTo("request_cancelled");
    int output = last.path("usage").path("completion_tokens").asInt();
    assertThat(output).isBetween(1, 3 * 1_900 - 1);
    Await.until("the receipt is with billing", () -> BILLING.receipt(id.toString()) != null);
    JsonNode receipt = Objects.requireNonNull(BILLING.receipt(id.toString()));
    assertThat(receipt.path("tok_out").asInt()).isEqualTo(output);
    assertThat(receipt.path("finish").asString()).isEqualToIgnoringCase("cancelled");
  }

  /** Biases and penalties lead the model, which was never taught tools, through R1's markers. */
  @Test
  void aStrictCallHasArgumentsOfItsSchema() throws Exception {
    Vocabulary vocabulary =
        Objects.requireNonNull(SERVICE.get()).bean(Generations.class).vocabulary("r1-nano");
    String led =
        ",\"temperature\":0,\"max_tokens\":300,\"presence_penalty\":2,\"frequency_penalty\":2"
            + ",\"logit_bias\":{\"%d\":100,\"%d\":96,\"%d\":92,\"%d\":88}"
                .formatted(
                    vocabulary.markerId("</think>"),
                    vocabulary.markerId("<｜tool▁calls▁begin｜>"),
                    vocabulary.markerId("<｜tool▁call▁begin｜>"),
                    vocabulary.markerId("<｜tool▁sep｜>"));
    JsonNode choice =
        answer(led + TOOLS.replace("\"name\":\"add\"", "\"name\":\"add\",\"strict\":true"))
            .path("choices")
            .get(0);

    assertThat(choice.path("finish_reason").asString()).isEqualTo("tool_calls");
    JsonNode function = choice.path("message").path("tool_calls").get(0).path("function");
    assertThat(function.path("name").asString()).isEqualTo("add");
    JsonNode arguments = RunningService.json(function.path("arguments").asString());
    assertThat(arguments.size()).isEqualTo(1);
    assertThat(arguments.path("sure").isBoolean()).isTrue();
  }

  @Test
  void aStrictToolWhoseSchemaCannotBeEnforcedIsRefusedByKeyword() throws Exception {
    HttpResponse<String> refused =
        chat(
            RunningService.eventId(),
            TOOLS
                .replace("\"name\":\"add\"", "\"name\":\"add\",\"strict\":true")
                .replace("\"type\":\"boolean\"", "\"type\":\"number\",\"minimum\":1"));

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body())
        .contains("\"unsupported_schema\"", "\"param\":\"tools\"", "keyword minimum");
  }

  @Test
  void callsAndTheirOutputsAreAPromptThatIsAnswered() throws Exception {
    RunningService service = Objects.requireNonNull(SERVICE.get());
    HttpResponse<String> answer =
        service.send(
            service.chat(
                RunningService.eventId(),
                """
                {"model":"r1-nano","max_tokens":4,"messages":[
                  {"role":"user","content":"What is 1 + 2?"},
                  {"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function",
                   "function":{"name":"add","arguments":"{\\"sure\\":true}"}}]},
                  {"role":"tool","tool_call_id":"a","content":"3"}]%s}
                """
                    .formatted(TOOLS)));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(RunningService.json(answer.body()).path("usage").path("completion_tokens").asInt())
        .isEqualTo(4);
  }

  @Test
  void logprobsOfTheAnswerSpellItsText() throws Exception {
    JsonNode choice = answer(",\"temperature\":0,\"logprobs\":true").path("choices").get(0);

    var spelt = new StringBuilder();
    for (JsonNode token : choice.path("logprobs").path("content")) {
      spelt.append(token.path("token").asString());
      assertThat(token.path("logprob").asDouble()).isLessThanOrEqualTo(0);
      assertThat(token.path("top_logprobs").size()).isZero();
      assertThat(token.path("bytes").size()).isPositive();
    }
    assertThat(spelt.toString().strip())
        .isEqualTo(choice.path("message").path("content").asString());
    assertThat(answer(",\"max_tokens\":2").path("choices").get(0).has("logprobs")).isFalse();
  }
}
