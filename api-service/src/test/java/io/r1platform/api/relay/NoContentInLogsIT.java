package io.r1platform.api.relay;

import static io.r1platform.api.relay.Wire.DONE;
import static io.r1platform.api.relay.Wire.finish;
import static io.r1platform.api.relay.Wire.r1;
import static io.r1platform.api.relay.Wire.token;
import static io.r1platform.api.relay.Wire.usage;
import static io.r1platform.api.relay.Wire.usageChunk;
import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.keys.Keys;
import io.r1platform.api.metering.Journal;
import io.r1platform.api.tenants.ProjectView;
import io.r1platform.api.tenants.Tenants;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Requests that end well and badly, with words that must be in no line of the log. */
@ExtendWith(OutputCaptureExtension.class)
class NoContentInLogsIT {
  private static final String PROMPT = "Zugspitze";
  private static final String ANSWER = "Watzmann";
  private static final String KEYED = "Hochkalter";
  private static final String BODY =
      "{\"model\":\"r1-nano\",\"messages\":[{\"role\":\"user\",\"content\":\"" + PROMPT + "\"}]%s}";

  @Test
  void noLineHasAPromptAnAnswerOrAKey(CapturedOutput output) throws IOException {
    String key;
    try (var gateway =
        new Gateway(
            Map.of(
                "logging.level.io.r1platform",
                "debug",
                "r1.api.contents.tries",
                "2",
                "r1.api.relay.count-wait",
                "200ms"))) {
      key = gateway.key;
      keepContent(gateway);
      endWell(gateway);
      refused(gateway);
      brokenEngine(gateway);
      brokenDatabase(gateway);
    }
    assertThat(output.getAll())
        .as("the run did log what went wrong")
        .contains("ErrorRendering", "are not written", "repeats a request");
    for (String word : List.of(PROMPT, ANSWER, KEYED, key.substring(14, 46))) {
      assertThat(output.getAll().lines().filter(line -> line.contains(word))).as(word).isEmpty();
    }
  }

  private static void keepContent(Gateway gateway) {
    Tenants tenants = gateway.api.bean(Tenants.class);
    ProjectView project = tenants.project(gateway.caller().projectId()).orElseThrow();
    tenants.keepContent(project.id(), project.version(), 1);
  }

  private static void endWell(Gateway gateway) throws IOException {
    gateway.engine.does(
        chat ->
            chat.stream()
                .write(token(1, "content", ANSWER))
                .write(finish(1, "stop") + usageChunk(0, 1, "stop") + DONE));
    String stream = BODY.formatted(",\"stream\":true");
    assertThat(gateway.chat(stream).body()).contains(ANSWER);
    try (var client = new KeyedClient(gateway.api, gateway.key)) {
      for (int i = 0; i < 2; i++) {
        assertThat(client.chat(KEYED, stream).body()).contains(ANSWER);
      }
    }
    gateway.engine.does(
        chat -> {
          chat.stream().write(token(1, "content", ANSWER));
          chat.awaitCancel();
        });
    HttpResponse<InputStream> left = gateway.open(stream);
    try (InputStream body = left.body()) {
      Gateway.readUntil(body, ANSWER);
    }
    gateway.finalOf(Gateway.id(left));
  }

  private static void refused(Gateway gateway) {
    for (String body :
        List.of(
            "{\"model\":\"r1-nano\",\"messages\":\"" + PROMPT,
            "{\"model\":\"" + PROMPT + "\",\"messages\":[]}",
            BODY.formatted(",\"max_tokens\":\"" + PROMPT + "\""),
            BODY.formatted(",\"" + PROMPT + "\":1,\"n\":900"),
            BODY.formatted(",\"max_cost\":\"0.0000000001\""))) {
      assertThat(gateway.chat(body).statusCode()).as(body).isGreaterThanOrEqualTo(400);
      gateway.post("/v1/quotes", "{\"request\":" + body + "}");
      gateway.post("/v1/tokenize", body);
    }
    String wrong = gateway.key.substring(0, 51) + (gateway.key.endsWith("x") ? "y" : "x");
    assertThat(gateway.chatAs(wrong, BODY.formatted("")).statusCode()).isEqualTo(401);
    assertThat(gateway.get("/v1/requests/" + PROMPT + "/content").statusCode()).isEqualTo(404);
    assertThat(gateway.get("/v1/usage?" + PROMPT + "=1").statusCode()).isEqualTo(400);
    assertThat(
            gateway
                .api
                .send(HttpRequest.newBuilder(gateway.api.uri("/v1/models?api_key=" + gateway.key)))
                .statusCode())
        .isEqualTo(401);
    var keys = gateway.api.bean(Keys.class);
    assertThat(keys.page(null, null, true, 1)).isNotEmpty();
  }

  private static void brokenEngine(Gateway gateway) {
    gateway.engine.does(chat -> chat.error(500, "internal_error", PROMPT));
    gateway.chat(BODY.formatted(""));
    gateway.engine.does(chat -> chat.failure(502, ANSWER + " is no JSON"));
    gateway.chat(BODY.formatted(""));
    gateway.engine.does(chat -> chat.json().write("{\"choices\":[" + ANSWER));
    gateway.chat(BODY.formatted(""));
    gateway.engine.does(
        chat -> {
          chat.stream().write(token(1, "content", ANSWER)).write("data: {" + ANSWER + "\n\n");
          throw new IOException("the engine dies");
        });
    gateway.chat(BODY.formatted(",\"stream\":true"));
    gateway.engine.does(
        chat ->
            chat.json()
                .write(
                    "{\"choices\":[{\"message\":{\"content\":\"%s\"}}],%s,%s}"
                        .formatted(ANSWER, usage(-4, 1), r1(ANSWER))));
    gateway.chat(BODY.formatted(""));
  }

  private static void brokenDatabase(Gateway gateway) {
    JdbcClient superuser = JdbcClient.create(gateway.database.superuser());
    gateway.engine.does(
        chat ->
            chat.json()
                .write(
                    "{\"choices\":[{\"message\":{\"content\":\"%s\"}}],%s,%s}"
                        .formatted(ANSWER, usage(4, 1), r1("stop"))));
    superuser.sql("revoke insert on api.request_content, api.request_log from r1_api").update();
    assertThat(gateway.chat(BODY.formatted("")).statusCode()).isEqualTo(200);
    assertThat(gateway.api.bean(Journal.class).isServing()).isTrue();
  }
}
