package io.r1platform.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The model that the repository carries. */
@Timeout(120)
class NanoTests {
  private static final Path MODEL = Path.of("../models/r1-nano/r1-nano.gguf");

  @Test
  void r1NanoAddsWithItsReasoningWrittenOut() {
    assertThat(MODEL).as("the model is committed").isRegularFile();
    try (Engine engine = Fixture.open(EngineOptions.defaults(MODEL))) {
      ModelInfo model = engine.model();
      int[] prompt = prompt(engine, "What is 347 + 589?");
      engine.submit(GenerationRequest.greedy(1, prompt, 400));
      Generated answer = Generated.one(engine, 1);
      assertThat(answer.reason).isEqualTo(FinishReason.END);
      assertThat(answer.ids).contains(model.thinkCloseId());
      String text = answer.text.toString(StandardCharsets.UTF_8);
      assertThat(text.substring(text.indexOf("</think>"))).contains("936");
    }
  }

  /** As inference-service renders it. */
  private static int[] prompt(Engine engine, String question) {
    ModelInfo model = engine.model();
    int[][] parts = {
      {model.bosId(), engine.tokenId("<｜User｜>")},
      engine.tokenize(question),
      {engine.tokenId("<｜Assistant｜>"), model.thinkOpenId()},
      engine.tokenize("\n")
    };
    return Stream.of(parts).flatMapToInt(IntStream::of).toArray();
  }
}
