package io.r1platform.api.relay;

import static io.r1platform.api.relay.Wire.DONE;
import static io.r1platform.api.relay.Wire.KEEP_ALIVE;
import static io.r1platform.api.relay.Wire.finish;
import static io.r1platform.api.relay.Wire.r1;
import static io.r1platform.api.relay.Wire.token;
import static io.r1platform.api.relay.Wire.usage;
import static io.r1platform.api.relay.Wire.usageChunk;
import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Await;
import io.r1platform.api.prices.Tokens;
import io.r1platform.api.requests.LoggedRequest;
import io.r1platform.api.requests.RequestLog;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RelayIT {
  private static final String STREAM =
      """
      {"model":"deepseek-reasoner","messages":[{"role":"user","content":"hi"}],"stream":true}\
      """;
  private static final String STREAM_WITH_USAGE =
      """
      {"model":"r1-nano","messages":[{"role":"user","content":"hi"}],"stream":true,
       "stream_options":{"include_usage":true},"max_tokens":100,"new_thing":1}\
      """;
  private static final String JSON =
      """
      {"model":"r1-nano","messages":[{"role":"user","content":"hi"}]}\
      """;

  /** 2 cached and 10 other prompt tokens and 5 output tokens. */
  private static final long COST_OF_FIVE = 2 * 140_000 + 10 * 550_000 + 5 * 2_190_000;

  private Gateway gateway;

  @BeforeAll
  void start() {
    gateway = new Gateway(Map.of("r1.api.relay.count-wait", "700ms"));
  }

  @AfterAll
  void stop() {
    gateway.close();
  }

  @Test
  void passesAStreamOnByteForByteAndRebuildsTheUsage() {
    String body =
        KEEP_ALIVE
            + token(1, "reasoning_content", "Wé")
            + token(3, "reasoning_content", "!")
            + ": reasoning_tokens=4\n"
            + token(5, "content", "9.8")
            + finish(5, "stop");
    gateway.engine.does(chat -> chat.stream().write(body + usageChunk(4, 1, "stop") + DONE));
    HttpResponse<String> response = gateway.chat(STREAM_WITH_USAGE);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("text/event-stream"));
    assertThat(response.headers().firstValue("x-r1-ignored")).contains("new_thing");
    assertThat(response.body()).startsWith(body);
    String rest = Wire.bare(response).substring(body.length());
    assertThat(rest)
        .startsWith("id: 5\ndata: {")
        .contains("\"choices\":[]")
        .contains("\"cost\":\"0.00001673\",\"currency\":\"USD\",\"price_version\":\"pv_1\"")
        .doesNotContain("\"r1\"")
        .endsWith("}\n\nid: 5\ndata: [DONE]\n\n");
    var entry = gateway.finalOf(Gateway.id(response));
    assertThat(entry.tokens()).isEqualTo(new Tokens(2, 10, 4, 1));
    assertThat(entry.amountPico()).isEqualTo(COST_OF_FIVE);
    assertThat(entry.finish()).isEqualTo("stop");
    assertThat(entry.modelId()).isEqualTo(2);
    assertThat(entry.organizationId()).isEqualTo(gateway.organizationId);
  }

  @Test
  void leavesARowInTheRequestLog() {
    gateway.engine.does(
        chat ->
            chat.stream()
                .write(token(1, "content", "9") + token(2, "content", ".8"))
                .write(finish(2, "stop") + usageChunk(0, 2, "stop") + DONE));
    String request = Gateway.id(gateway.chat(STREAM_WITH_USAGE));
    UUID id = UUID.fromString(request);
    LoggedRequest logged =
        Await.value(
            "a row in the request log",
            () -> gateway.api.bean(RequestLog.class).find(List.of(id)).get(id));
    assertThat(logged.answer()).isEqualTo(2);
    assertThat(logged.finish()).isEqualTo("stop");
    assertThat(logged.model()).isEqualTo("r1-nano");
    assertThat(logged.upstream()).startsWith("127.0.0.1:");
    assertThat(logged.priceVersion()).isEqualTo("pv_1");
    assertThat(logged.amountPico()).isEqualTo(gateway.finalOf(request).amountPico());
    assertThat(logged.gapMedianMicros()).isNotNull();
    assertThat(logged.gapP95Micros()).isGreaterThanOrEqualTo(logged.gapMedianMicros());
  }

  @Test
  void tellsTheEngineWhoAsksWithoutNamingTheTenant() {
    gateway.engine.does(chat -> chat.stream().write(usageChunk(0, 0, "stop") + DONE));
    HttpResponse<String> response = gateway.chat(STREAM_WITH_USAGE);
    FakeEngine.Chat chat = gateway.engine.chats().getFirst();
    assertThat(chat.id()).isEqualTo(Gateway.id(response));
    assertThat(chat.body()).isEqualTo(STREAM_WITH_USAGE.getBytes(StandardCharsets.UTF_8));
    assertThat(chat.header("Authorization")).isEqualTo("Bearer upstream-token");
    assertThat(chat.header("x-r1-attempt")).isEqualTo("1");
    assertThat(chat.header("x-r1-replica")).isEqualTo("1.1");
    assertThat(chat.header("x-r1-model")).isEqualTo("r1-nano");
    assertThat(chat.header("x-r1-max-tokens")).isEqualTo("100");
    assertThat(chat.header("x-r1-include-usage")).isEqualTo("true");
    assertThat(chat.header("x-r1-tenant")).matches("[0-9a-f]{16}");
    assertThat(chat.header("x-r1-project"))
        .matches("[0-9a-f]{16}")
        .isNotEqualTo(chat.header("x-r1-tenant"));
    assertThat(chat.header("x-r1-weight")).isEqualTo("3");
    assertThat(chat.header("x-r1-class")).isEqualTo("interactive");
  }

  @Test
  void dropsTheUsageChunkWhenTheClientDidNotAsk() {
    gateway.engine.does(
        chat ->
            chat.stream().write(token(1, "content", "a") + usageChunk(0, 1, "length")).write(DONE));
    HttpResponse<String> response = gateway.chat(STREAM);
    assertThat(Wire.bare(response)).isEqualTo(token(1, "content", "a") + "id: 1\n" + DONE);
    assertThat(gateway.finalOf(Gateway.id(response)).finish()).isEqualTo("length");
  }

  @Test
  void joinsEventsThatTheNetworkSplits() {
    String body = token(1, "reasoning_content", "한") + token(2, "content", "b");
    gateway.engine.does(
        chat -> {
          chat.stream();
          byte[] all = (body + usageChunk(1, 1, "stop") + DONE).getBytes(StandardCharsets.UTF_8);
          for (byte b : all) {
            chat.write(b);
          }
        });
    assertThat(Wire.bare(gateway.chat(STREAM))).isEqualTo(body + "id: 2\n" + DONE);
  }

  @Test
  void answersInOneJsonObjectWithItsCost() {
    gateway.engine.does(
        chat ->
            chat.json()
                .write(
                    "{\"id\":\"c\",\"choices\":[{\"x\":1}],"
                        + usage(4, 1)
                        + ","
                        + r1("stop")
                        + "}"));
    HttpResponse<String> response = gateway.chat(JSON);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("x-r1-cost")).contains("0.00001673");
    assertThat(response.body())
        .startsWith("{\"id\":\"c\",\"choices\":[{\"x\":1}],\"usage\":{")
        .contains("\"cost\":\"0.00001673\"")
        .doesNotContain("\"r1\"");
    assertThat(gateway.finalOf(Gateway.id(response)).amountPico()).isEqualTo(COST_OF_FIVE);
  }

  @Test
  void passesEmptyLinesOnBeforeAJsonAnswer() throws IOException {
    var lineRead = new java.util.concurrent.CountDownLatch(1);
    gateway.engine.does(
        chat -> {
          chat.json().write("\n");
          assertThat(lineRead.await(20, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
          chat.write("{\"choices\":[]," + usage(0, 1) + "," + r1("stop") + "}");
        });
    HttpResponse<InputStream> response = gateway.open(JSON);
    try (InputStream in = response.body()) {
      assertThat(in.read()).isEqualTo('\n');
      lineRead.countDown();
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("{\"choices\":[],\"usage\":{")
          .contains("\"cost\":");
    }
    assertThat(response.headers().firstValue("x-r1-cost")).isEmpty();
  }

  @Test
  void chargesTheEnginesExactCountWhenTheClientHangsUp() throws IOException {
    gateway.engine.does(
        chat -> {
          chat.stream().write(token(2, "reasoning_content", "a"));
          chat.awaitCancel();
          chat.write(token(5, "content", "b") + usageChunk(4, 1, "cancelled") + DONE);
        });
    HttpResponse<InputStream> response = gateway.open(STREAM);
    Gateway.readUntil(response.body(), "\n\n");
    response.body().close();
    var entry = gateway.finalOf(Gateway.id(response));
    assertThat(entry.finish()).isEqualTo("client_disconnect");
    assertThat(entry.tokens()).isEqualTo(new Tokens(2, 10, 4, 1));
    assertThat(entry.amountPico()).isEqualTo(COST_OF_FIVE);
    assertThat(gateway.rows(Gateway.id(response), "F")).isEqualTo(1);
  }

  @Test
  void chargesTheLastIdWhenTheEngineStaysSilentAfterAHangUp() throws IOException {
    var tested = new java.util.concurrent.CountDownLatch(1);
    gateway.engine.does(
        chat -> {
          chat.stream().write(token(3, "reasoning_content", "a") + ": reasoning_tokens=4\n");
          chat.write(token(5, "content", "b"));
          chat.awaitCancel();
          tested.await(20, java.util.concurrent.TimeUnit.SECONDS);
        });
    HttpResponse<InputStream> response = gateway.open(STREAM);
    Gateway.readUntil(response.body(), "\"b\"");
    response.body().close();
    var entry = gateway.finalOf(Gateway.id(response));
    tested.countDown();
    assertThat(entry.finish()).isEqualTo("client_disconnect");
    assertThat(entry.tokens()).isEqualTo(new Tokens(2, 10, 4, 1));
    assertThat(entry.amountPico()).isEqualTo(COST_OF_FIVE);
  }

  @Test
  void chargesThePromptAsToldWithTheFirstEventWhenTheHeadLeftEarly() throws IOException {
    gateway.engine.does(
        chat ->
            chat.streamEarly()
                .write(KEEP_ALIVE + ": prompt_tokens=2,10\n")
                .write(token(5, "reasoning_content", "a")));
    HttpResponse<String> response = gateway.chat(STREAM);
    assertThat(response.body()).contains("\"code\":\"engine_failed\"");
    var entry = gateway.finalOf(Gateway.id(response));
    assertThat(entry.tokens()).isEqualTo(new Tokens(2, 10, 5, 0));
    assertThat(entry.amountPico()).isEqualTo(COST_OF_FIVE);
  }

  @Test
  void cancelsAgainUntilTheEngineHasHeard() throws IOException {
    gateway.engine.doesNotHear(3);
    gateway.engine.does(
        chat -> {
          chat.stream().write(token(2, "reasoning_content", "a"));
          chat.awaitCancel();
          chat.write(usageChunk(4, 1, "cancelled") + DONE);
        });
    String key = gateway.issueKey();
    HttpResponse<InputStream> response = gateway.open(STREAM, key);
    try (InputStream in = response.body()) {
      Gateway.readUntil(in, "\n\n");
      gateway.revokeLastKey();
      assertThat(Gateway.readUntil(in, "request_cancelled")).doesNotContain("[DONE]");
    }
    assertThat(gateway.finalOf(Gateway.id(response)).finish()).isEqualTo("cancelled");
  }

  @Test
  void marksACountWhoseReceiptTheEngineCouldNotStoreAsTheGateways() {
    gateway.engine.does(
        chat ->
            chat.stream()
                .write(token(2, "reasoning_content", "a"))
                .write(
                    "data: {\"error\":{\"message\":\"x\",\"code\":\"metering_unavailable\"},"
                        + usage(4, 1)
                        + ","
                        + r1("error")
                        + "}\n\n"));
    HttpResponse<String> response = gateway.chat(STREAM);
    var entry = gateway.finalOf(Gateway.id(response));
    assertThat(entry.tokens()).isEqualTo(new Tokens(2, 10, 4, 1));
    assertThat(gateway.flags(Gateway.id(response)) & 4).isEqualTo(4);
  }

  @Test
  void chargesNothingWhenTheClientHangsUpBeforeTheFirstToken() throws Exception {
    gateway.engine.does(
        chat -> {
          chat.awaitCancel();
          chat.stream().write(usageChunk(0, 0, "cancelled") + DONE);
        });
    var answer = gateway.chatAsync(JSON);
    Await.until("the engine's call", () -> !gateway.engine.chats().isEmpty());
    String id = gateway.engine.chats().getFirst().id();
    answer.cancel(true);
    var entry = gateway.finalOf(id);
    assertThat(entry.finish()).isEqualTo("client_disconnect");
    assertThat(entry.amountPico()).isZero();
  }

  @Test
  void answers502AndChargesNothingWhenTheEngineFailsBeforeTheFirstToken() {
    gateway.engine.does(FakeEngine.Chat::stream);
    HttpResponse<String> response = gateway.chat(STREAM);
    assertThat(response.statusCode()).isEqualTo(502);
    assertThat(response.body()).contains("\"code\":\"engine_failed\"", "\"charged\":\"0\"");
    assertThat(response.headers().firstValue("x-should-retry")).contains("true");
    var entry = gateway.finalOf(Gateway.id(response));
    assertThat(entry.finish()).isEqualTo("engine_error");
    assertThat(entry.amountPico()).isZero();
  }

  @Test
  void endsWithAnErrorEventAndChargesWhatCameWhenTheEngineFailsLater() {
    gateway.engine.does(
        chat -> chat.stream().write(token(5, "reasoning_content", "a") + "id: 6\ndata: {\"cho"));
    HttpResponse<String> response = gateway.chat(STREAM_WITH_USAGE);
    assertThat(response.body()).containsPattern(Wire.RECEIPT + "data: \\{\"error\":\\{");
    assertThat(Wire.bare(response))
        .startsWith(token(5, "reasoning_content", "a") + "data: {\"error\":{")
        .contains("\"code\":\"engine_failed\"", "\"charged\":\"0.00001673\"")
        .doesNotContain("[DONE]");
    var entry = gateway.finalOf(Gateway.id(response));
    assertThat(entry.finish()).isEqualTo("engine_error");
    assertThat(entry.tokens()).isEqualTo(new Tokens(2, 10, 5, 0));
  }

  @Test
  void takesTheEnginesOwnCountFromItsErrorEvent() {
    gateway.engine.does(
        chat ->
            chat.stream()
                .write(token(2, "reasoning_content", "a"))
                .write(
                    "data: {\"error\":{\"message\":\"Time is up.\",\"code\":\"deadline_exceeded\"},"
                        + usage(4, 1)
                        + ","
                        + r1("deadline")
                        + "}\n\n"));
    HttpResponse<String> response = gateway.chat(STREAM);
    assertThat(response.body())
        .contains("\"code\":\"deadline_exceeded\"", "\"charged\":\"0.00001673\"", "\"usage\":{")
        .doesNotContain("[DONE]");
    var entry = gateway.finalOf(Gateway.id(response));
    assertThat(entry.finish()).isEqualTo("deadline");
    assertThat(entry.tokens()).isEqualTo(new Tokens(2, 10, 4, 1));
  }

  @Test
  void chargesAJsonAnswerThatFailedAfterTokensAndShowsWhatCame() {
    gateway.engine.does(
        chat ->
            chat.failure(
                502,
                "{\"error\":{\"message\":\"Broke.\",\"code\":\"engine_failed\"},"
                    + usage(4, 1)
                    + ","
                    + r1("error")
                    + ",\"partial\":{\"content\":\"9\"}}"));
    HttpResponse<String> response = gateway.chat(JSON);
    assertThat(response.statusCode()).isEqualTo(502);
    assertThat(response.body())
        .contains("\"charged\":\"0.00001673\"", "\"cost\":\"0.00001673\"", "\"partial\":{");
    assertThat(response.headers().firstValue("x-should-retry")).contains("false");
    assertThat(response.headers().firstValue("x-usage-receipt")).isPresent();
    var entry = gateway.finalOf(Gateway.id(response));
    assertThat(entry.finish()).isEqualTo("engine_error");
    assertThat(entry.amountPico()).isEqualTo(COST_OF_FIVE);
  }

  @Test
  void stopsTheEngineWhenTheKeyIsRevokedAndChargesWhatCame() throws IOException {
    gateway.engine.does(
        chat -> {
          chat.stream().write(token(2, "reasoning_content", "a"));
          chat.awaitCancel();
          chat.write(usageChunk(4, 1, "cancelled") + DONE);
        });
    String secondKey = gateway.issueKey();
    HttpResponse<InputStream> response = gateway.open(STREAM, secondKey);
    try (InputStream in = response.body()) {
      Gateway.readUntil(in, "\n\n");
      gateway.revokeLastKey();
      assertThat(Gateway.readUntil(in, "request_cancelled")).doesNotContain("[DONE]");
    }
    var entry = gateway.finalOf(Gateway.id(response));
    assertThat(entry.finish()).isEqualTo("cancelled");
    assertThat(entry.amountPico()).isEqualTo(COST_OF_FIVE);
  }

  @Test
  void aCancelledAnswerEndsWithTheEnginesErrorAndItsCount() {
    String error =
        "{\"error\":{\"message\":\"The request was cancelled.\",\"code\":\"request_cancelled\"},"
            + usage(4, 1)
            + ","
            + r1("cancelled")
            + "}";
    gateway.engine.does(
        chat ->
            chat.stream()
                .write(token(2, "reasoning_content", "a"))
                .write("data: " + error + "\n\n"));
    HttpResponse<String> streamed = gateway.chat(STREAM);
    assertThat(streamed.body())
        .contains("\"code\":\"request_cancelled\"", "\"charged\":\"0.00001673\"", "\"usage\":{")
        .doesNotContain("[DONE]");
    assertThat(gateway.finalOf(Gateway.id(streamed)).finish()).isEqualTo("cancelled");
    gateway.engine.does(chat -> chat.failure(409, error));
    HttpResponse<String> whole = gateway.chat(JSON);
    assertThat(whole.statusCode()).isEqualTo(409);
    assertThat(whole.body()).contains("\"charged\":\"0.00001673\"");
    assertThat(gateway.finalOf(Gateway.id(whole)).finish()).isEqualTo("cancelled");
    assertThat(gateway.finalOf(Gateway.id(whole)).amountPico()).isEqualTo(COST_OF_FIVE);
  }

  @Test
  void keepsNoConnectionToAnEngineThatNeverClosesItsReply() {
    var cut = new java.util.concurrent.CountDownLatch(1);
    gateway.engine.does(
        chat -> {
          chat.stream().write(token(1, "content", "a") + usageChunk(0, 1, "stop") + DONE);
          try {
            while (cut.getCount() > 0) {
              chat.write(": still here\n\n");
            }
          } catch (IOException e) {
            cut.countDown();
          }
        });
    assertThat(gateway.chat(STREAM).body()).endsWith("data: [DONE]\n\n");
    Await.until("the connection is cut", () -> cut.getCount() == 0);
  }

  @Test
  void saysWhatTheEngineRefused() {
    gateway.engine.does(chat -> chat.error(400, "context_length_exceeded", "Too long."));
    HttpResponse<String> response = gateway.chat(STREAM);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("\"code\":\"context_length_exceeded\"", "Too long.");
    assertThat(response.headers().firstValue("x-should-retry")).contains("false");
    assertThat(gateway.finalOf(Gateway.id(response)).finish()).isEqualTo("refused");
    gateway.engine.does(chat -> chat.error(503, "engine_overloaded", "Full."));
    HttpResponse<String> full = gateway.chat(STREAM);
    assertThat(full.statusCode()).isEqualTo(503);
    assertThat(full.headers().firstValue("retry-after")).contains("7");
    assertThat(full.headers().firstValue("x-should-retry")).contains("true");
  }

  @Test
  void listsTheModelsThatHaveAServer() {
    HttpResponse<String> response = gateway.get("/v1/models");
    assertThat(response.body())
        .contains("\"id\":\"r1-nano\"", "\"aliases\":[\"deepseek-reasoner\"]")
        .contains("\"context_length\":2048", "\"miss\":\"0.55\"", "\"version\":\"pv_1\"")
        .doesNotContain("deepseek-r1");
    assertThat(gateway.get("/models/deepseek-reasoner").body()).contains("\"id\":\"r1-nano\"");
    assertThat(gateway.get("/v1/models/deepseek-r1").statusCode()).isEqualTo(404);
  }

  @Test
  void refusesWhatItCannotServe() {
    gateway.engine.does(chat -> chat.error(500, "x", "must not be asked"));
    assertRefused("{", 400, "invalid_json");
    assertRefused("[]", 400, "invalid_json");
    assertRefused("{\"model\":\"r1-nano\"}", 400, "missing_parameter");
    assertRefused(with("\"messages\":[]", ""), 400, "missing_parameter");
    assertRefused(
        "{\"model\":\"gpt-5\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}",
        404,
        "model_not_found");
    assertRefused(with("\"messages\":[{\"role\":\"assistant\"}]", ""), 400, "unsupported_value");
    assertRefused(with(null, "\"max_tokens\":1.5"), 400, "invalid_type");
    assertRefused(with(null, "\"max_tokens\":0"), 422, "invalid_value");
    assertRefused(with(null, "\"max_tokens\":1025"), 422, "invalid_value");
    assertRefused(with(null, "\"max_tokens\":5,\"max_completion_tokens\":6"), 422, "invalid_value");
    assertRefused(with(null, "\"stream\":\"yes\""), 400, "invalid_type");
    assertRefused(with(null, "\"stream_options\":3"), 400, "invalid_type");
    assertRefused(with(null, "\"max_cost\":0.05"), 400, "invalid_type");
    assertRefused(with(null, "\"user\":\"" + "x".repeat(4 << 20) + "\""), 413, "request_too_large");
    assertThat(gateway.engine.chats()).isEmpty();
  }

  private static String with(@Nullable String messages, String field) {
    return "{\"model\":\"r1-nano\","
        + (messages == null ? "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]" : messages)
        + (field.isEmpty() ? "}" : "," + field + "}");
  }

  private void assertRefused(String body, int status, String code) {
    HttpResponse<String> response = gateway.chat(body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.body()).contains("\"code\":\"" + code + "\"", "\"charged\":\"0\"");
    assertThat(response.headers().firstValue("x-should-retry")).contains("false");
  }
}
