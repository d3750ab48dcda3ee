package io.r1platform.api.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.Await;
import io.r1platform.api.Browser;
import io.r1platform.api.metering.JournalReports;
import io.r1platform.api.money.Pico;
import io.r1platform.api.prices.Tokens;
import io.r1platform.api.requests.LoggedRequest;
import io.r1platform.api.requests.RequestLog;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Two foreign servers before our own: killed, hung, slow, or lying about usage. What the client
 * sees and what is charged, as a table ({@code ./r1 test upstreams}). The servers are stand-ins.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UpstreamsIT {
  private static final int FOREIGN = 1 << 8;
  private static final int FLAGGED = 1 << 9;
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String BODY =
      "{\"model\":\"r1-nano\",\"messages\":[{\"role\":\"user\",\"content\":\"Which is larger?\"}],"
          + "\"max_tokens\":20,\"max_cost\":\"0.05\",\"user\":\"somebody\",\"stream\":%s,"
          + "\"stream_options\":{\"include_usage\":true}}";

  private final Map<UpstreamCase, String> rows = new EnumMap<>(UpstreamCase.class);
  private int matching;
  private ForeignServer first;
  private ForeignServer second;
  private Gateway gateway;
  private Browser operator;
  private String firstId;
  private String secondId;

  /** What became of a request. */
  private record Seen(String sees, String text, String requestId) {}

  @BeforeAll
  void start() {
    first = new ForeignServer();
    second = new ForeignServer();
    gateway =
        new Gateway(
            Map.of(
                "r1.api.relay.engine-silence", "1s",
                "r1.api.relay.count-wait", "700ms",
                "r1.api.upstreams.breaker-window", "1000",
                "r1.api.upstreams.tries", "2"));
    operator = Browser.loggedIn(gateway.api);
    firstId = register("first", first, 1);
    secondId = register("second", second, 2);
  }

  @AfterAll
  void stop() throws IOException {
    if (!rows.isEmpty()) {
      write();
    }
    gateway.close();
    first.close();
    second.close();
  }

  private String register(String name, ForeignServer server, int priority) {
    HttpResponse<String> answer =
        operator.post("/admin/api/upstreams", terms(name, server.url(), priority));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return JSON.readTree(answer.body()).path("id").asString();
  }

  private static String terms(String name, String url, int priority) {
    return """
        {"name":"%s","url":"%s","api_key":"sk-foreign-key","start_within_seconds":1,
         "models":[{"model":"r1-nano","upstream_name":"%s","priority":%d}]}"""
        .formatted(name, url, ForeignServer.MODEL, priority);
  }

  @ParameterizedTest
  @EnumSource(UpstreamCase.class)
  void clientSeesAndPaysWhatTheRuleSays(UpstreamCase wanted) {
    first.does(wanted.first);
    second.does(wanted.second);
    Seen stream = stream();
    assertThat(stream.sees).as("stream").isEqualTo(wanted.sees);
    assertThat(stream.text).as("stream").isEqualTo(wanted.text);
    assertCharged(wanted, stream.requestId);
    Seen whole = whole();
    assertThat(whole.sees).as("whole").isEqualTo(wanted.seesWhole());
    assertThat(whole.text).as("whole").isEqualTo(wanted.text);
    assertCharged(wanted, whole.requestId);
    matching++;
    JournalReports.Entry entry = gateway.finalOf(whole.requestId);
    rows.put(
        wanted,
        "%-32s %-26s %-26s %-18s %-11s %-12s %s"
            .formatted(
                wanted.words(),
                stream.sees,
                whole.sees,
                stream.text.replace("|", " / "),
                tokens(entry.tokens()),
                new Pico(entry.amountPico()).decimal(),
                wanted.flag.isEmpty() ? "-" : wanted.flag));
  }

  private void assertCharged(UpstreamCase wanted, String id) {
    JournalReports.Entry entry = gateway.finalOf(id);
    assertThat(tokens(entry.tokens())).as(id).isEqualTo(wanted.tokens);
    Tokens t = entry.tokens();
    assertThat(entry.amountPico())
        .isEqualTo(t.hit() * 140_000L + t.miss() * 550_000L + t.output() * 2_190_000L);
    int flags = gateway.flags(id);
    assertThat((flags & FOREIGN) != 0).as("foreign").isTrue();
    assertThat((flags & FLAGGED) != 0).as("flagged").isEqualTo(!wanted.flag.isEmpty());
    assertThat(logged(id).upstream()).isEqualTo(wanted.answeredBy);
    assertThat(gateway.rows(id, "A")).isEqualTo(1);
    assertThat(gateway.rows(id, "F")).isEqualTo(1);
    assertThat(flagOf(id)).isEqualTo(wanted.flag);
  }

  private LoggedRequest logged(String id) {
    RequestLog log = gateway.api.bean(RequestLog.class);
    return Await.value(
        "its row", () -> log.find(List.of(UUID.fromString(id))).get(UUID.fromString(id)));
  }

  /** What the operator reads of this request; empty if its usage is not in doubt. */
  private String flagOf(String requestId) {
    for (String id : List.of(firstId, secondId)) {
      for (JsonNode problem :
          operator.read("/admin/api/upstreams/" + id).at("/standing/problems")) {
        String why = problem.path("why").asString();
        if (problem.path("request_id").asString("").equals(requestId) && why.startsWith("usage_")) {
          return why.substring("usage_".length());
        }
      }
    }
    return "";
  }

  private static String tokens(Tokens t) {
    return "%d+%d/%d+%d".formatted(t.hit(), t.miss(), t.reasoning(), t.answer());
  }

  private Seen stream() {
    HttpResponse<String> response = gateway.chat(BODY.formatted(true));
    if (response.statusCode() != 200) {
      return new Seen(refusal(response), "|", Gateway.id(response));
    }
    var reasoning = new StringBuilder();
    var text = new StringBuilder();
    String sees = "200, then nothing";
    int last = 0;
    for (String line : response.body().split("\n", -1)) {
      if (line.startsWith("id: ")) {
        int id = Integer.parseInt(line.substring(4));
        assertThat(id).isGreaterThanOrEqualTo(last);
        last = id;
      }
      String data = line.startsWith("data: ") ? line.substring(6) : "{}";
      if (data.equals("[DONE]")) {
        continue;
      }
      JsonNode event = JSON.readTree(data);
      JsonNode choice = event.path("choices").path(0);
      reasoning.append(choice.at("/delta/reasoning_content").asString(""));
      text.append(choice.at("/delta/content").asString(""));
      if (choice.path("finish_reason").isString()) {
        sees = "200" + unlessStop(choice.path("finish_reason").asString());
      }
      if (event.has("error")) {
        sees = "200, then " + event.at("/error/code").asString();
      }
    }
    assertThat(response.body().contains("[DONE]")).isEqualTo(!sees.contains("then"));
    return new Seen(sees, reasoning + "|" + text, Gateway.id(response));
  }

  private Seen whole() {
    HttpResponse<String> response = gateway.chat(BODY.formatted(false));
    JsonNode body = JSON.readTree(response.body());
    JsonNode message = body.has("partial") ? body.path("partial") : body.at("/choices/0/message");
    String text =
        message.path("reasoning_content").asString("") + "|" + message.path("content").asString("");
    String sees =
        body.has("error")
            ? refusal(response)
            : response.statusCode() + unlessStop(body.at("/choices/0/finish_reason").asString());
    return new Seen(sees, text, Gateway.id(response));
  }

  private static String unlessStop(String finish) {
    return finish.equals("stop") ? "" : " " + finish;
  }

  private static String refusal(HttpResponse<String> response) {
    assertThat(response.body()).doesNotContain("sk-").doesNotContain("127.0.0.1");
    return response.statusCode()
        + " "
        + JSON.readTree(response.body()).at("/error/code").asString();
  }

  /** The table, and one line of figures. */
  private void write() throws IOException {
    var lines = new ArrayList<String>();
    lines.add("Two upstreams (stand-ins of vLLM and trtllm-serve; no model runs in them).");
    lines.add(
        "Prompts of 12 tokens; tokens are hit+miss/reasoning+answer; text: reasoning / answer.");
    lines.add(
        "%-32s %-26s %-26s %-18s %-11s %-12s %s"
            .formatted(
                "the first upstream",
                "stream sees",
                "JSON sees",
                "text",
                "charged",
                "USD",
                "flag"));
    lines.addAll(rows.values());
    int flagged = (int) rows.values().stream().filter(row -> !row.endsWith(" -")).count();
    lines.add(
        String.format(
            Locale.ROOT,
            "upstreams cases=%d matching=%d flagged=%d requests=%d",
            UpstreamCase.values().length,
            matching,
            flagged,
            2 * rows.size()));
    Path file = Path.of("target", "figures", "upstreams.txt");
    Files.createDirectories(file.getParent());
    Files.writeString(file, String.join("\n", lines) + "\n");
  }

  /** A foreign server cannot be asked for its count: what it said until then is charged. */
  @Test
  void clientThatLeavesPaysTheLastFigure() throws IOException {
    first.does(s -> s.events().role().reasoning("We think", 3).text("9.8", 5).hang());
    HttpResponse<InputStream> response = gateway.open(BODY.formatted(true));
    try (InputStream in = response.body()) {
      Gateway.readUntil(in, "9.8");
    }
    JournalReports.Entry entry = gateway.finalOf(Gateway.id(response));
    assertThat(entry.finish()).isEqualTo("client_disconnect");
    assertThat(entry.tokens()).isEqualTo(new Tokens(0, 12, 3, 2));
    assertThat(gateway.flags(Gateway.id(response)) & FLAGGED).isZero();
  }

  /** Else any tenant could have the breakers of all foreign servers opened, for nothing. */
  @Test
  void whatThisGatewayRefusesIsNoServersFault() {
    first.does(ForeignServer::well);
    second.does(ForeignServer::well);
    String image =
        BODY.formatted(false)
            .replace(
                "\"Which is larger?\"",
                "[{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://x.example\"}}]");
    HttpResponse<String> refused = gateway.chat(image);
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
    assertThat(refused.body()).contains("unsupported_content");
    assertThat(first.bodies()).isEmpty();
    assertThat(second.bodies()).isEmpty();
    JsonNode problems =
        operator.read("/admin/api/upstreams/" + firstId).at("/standing/problems/0/why");
    assertThat(problems.asString("")).isNotEqualTo("connection_lost");
  }

  /** What the body says twice is what this gateway has read, else it would be charged unread. */
  @Test
  void theNumberOfChoicesIsWhatThisGatewayHasRead() {
    first.does(ForeignServer::well);
    String twice =
        BODY.formatted(false).replace("\"max_tokens\"", "\"n\":2,\"n\":null,\"max_tokens\"");
    HttpResponse<String> answer = gateway.chat(twice);
    assertThat(answer.statusCode()).as(answer.body()).isIn(200, 400);
    first.bodies().forEach(body -> assertThat(body).doesNotContain("\"n\""));
  }

  /**
   * The request as the server gets it: our cap, its name of the model, nothing about the tenant.
   */
  @Test
  void serverLearnsNothingOfTheTenant() {
    first.does(ForeignServer::well);
    assertThat(stream().sees).isEqualTo("200");
    JsonNode body = JSON.readTree(first.bodies().getFirst());
    assertThat(body.path("model").asString()).isEqualTo(ForeignServer.MODEL);
    assertThat(body.path("max_tokens").asInt()).isEqualTo(20);
    assertThat(body.path("stream").asBoolean()).isTrue();
    assertThat(body.at("/stream_options/continuous_usage_stats").asBoolean()).isTrue();
    assertThat(body.propertyNames())
        .containsExactlyInAnyOrder("model", "stream", "stream_options", "max_tokens", "messages");
    assertThat(first.heads().getFirst())
        .containsIgnoringCase("authorization: Bearer sk-foreign-key")
        .doesNotContain("x-r1")
        .doesNotContain("traceparent");
  }
}
