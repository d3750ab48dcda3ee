package io.r1platform.api.relay;

import static io.r1platform.api.relay.Wire.token;
import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.prices.Tokens;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Raw prompts, and several answers to one prompt. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChoicesIT {
  private static final String STREAM =
      """
      {"model":"r1-nano","n":2,"messages":[{"role":"user","content":"hi"}],"stream":true}\
      """;

  /** 2 cached and 10 other prompt tokens and 5 output tokens. */
  private static final long COST_OF_FIVE = 2 * 140_000 + 10 * 550_000 + 5 * 2_190_000;

  private Gateway gateway;

  @BeforeAll
  void start() {
    gateway = new Gateway(Map.of());
  }

  @AfterAll
  void stop() {
    gateway.close();
  }

  @Test
  void passesARawCompletionOnWithOpenAisShortCap() {
    gateway.engine.does(
        chat ->
            chat.json()
                .write(
                    "{\"id\":\"cmpl-x\",\"object\":\"text_completion\",\"choices\":[{\"index\":0,"
                        + "\"text\":\"b\",\"finish_reason\":\"length\"}],"
                        + Wire.usage(0, 5)
                        + ","
                        + Wire.r1("length")
                        + "}"));
    HttpResponse<String> response =
        gateway.post("/v1/completions", "{\"model\":\"r1-nano\",\"prompt\":\"a\"}");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).contains("\"text\":\"b\"", "\"cost\":");
    assertThat(gateway.engine.chats().getFirst().header("x-r1-max-tokens")).isEqualTo("16");
    var entry = gateway.finalOf(Gateway.id(response));
    assertThat(entry.tokens()).isEqualTo(new Tokens(2, 10, 0, 5));
    assertThat(entry.amountPico()).isEqualTo(COST_OF_FIVE);
    assertThat(gateway.post("/completions", "{\"model\":\"r1-nano\"}").body())
        .contains("missing_parameter", "prompt");
  }

  /** Of several choices one may still reason while another answers. */
  @Test
  void splitsABrokenStreamOfSeveralChoicesByTheLastCountOfReasoning() {
    gateway.engine.does(
        chat -> {
          chat.stream().write(token(3, "reasoning_content", "a") + ": reasoning_tokens=3\n");
          chat.write(token(4, "content", "b") + ": reasoning_tokens=4\n");
          chat.write(token(5, "reasoning_content", "c") + ": reasoning_tokens=9\nid: 10\n");
        });
    HttpResponse<String> response = gateway.chat(STREAM);
    assertThat(response.body()).contains("\"code\":\"engine_failed\"");
    var entry = gateway.finalOf(Gateway.id(response));
    assertThat(entry.tokens()).isEqualTo(new Tokens(2, 10, 4, 1));
    assertThat(entry.amountPico()).isEqualTo(COST_OF_FIVE);
  }
}
