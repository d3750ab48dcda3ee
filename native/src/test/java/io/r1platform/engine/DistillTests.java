package io.r1platform.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The distills' architectures, tiny and random, with their special tokens at their ids. */
@Timeout(300)
class DistillTests {
  @TempDir Path directory;

  private Path model(RandomGguf.Architecture architecture) {
    Path file = directory.resolve(architecture + ".gguf");
    boolean isQwen = architecture == RandomGguf.Architecture.QWEN2;
    RandomGguf.write(file, architecture, isQwen ? RandomGguf.TINY_QWEN : RandomGguf.TINY_LLAMA, 7);
    return file;
  }

  private static int idOf(RandomGguf.Architecture architecture, String piece) {
    return architecture.specials().entrySet().stream()
        .filter(special -> special.getValue().equals(piece))
        .mapToInt(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @EnumSource(RandomGguf.Architecture.class)
  void itLoadsAndKnowsItsMarkers(RandomGguf.Architecture architecture) {
    try (Engine engine =
        Fixture.open(EngineOptions.defaults(model(architecture)).withRequests(4, 4))) {
      ModelInfo info = engine.model();
      assertThat(info.architecture())
          .isEqualTo(architecture == RandomGguf.Architecture.QWEN2 ? "qwen2" : "llama");
      assertThat(info.thinkOpenId()).isEqualTo(idOf(architecture, "<think>"));
      assertThat(info.thinkCloseId()).isEqualTo(idOf(architecture, "</think>"));
      assertThat(info.bosId()).isEqualTo(idOf(architecture, "<｜begin▁of▁sentence｜>"));
      assertThat(info.endIds()).contains(idOf(architecture, "<｜end▁of▁sentence｜>"));
      architecture
          .specials()
          .forEach(
              (id, piece) -> {
                assertThat(engine.tokenId(piece)).isEqualTo(id);
              });
      String text = "What is 347 + 589? 한국어 🙂";
      assertThat(new String(engine.detokenize(engine.tokenize(text)), StandardCharsets.UTF_8))
          .isEqualTo(text);
    }
  }

  @ParameterizedTest
  @EnumSource(RandomGguf.Architecture.class)
  void itGeneratesTheSameAloneAndTogether(RandomGguf.Architecture architecture) {
    try (Engine engine =
        Fixture.open(EngineOptions.defaults(model(architecture)).withRequests(4, 4))) {
      int[] prompt =
          IntStream.concat(
                  IntStream.of(engine.model().bosId(), engine.tokenId("<｜User｜>")),
                  IntStream.concat(
                      IntStream.of(engine.tokenize("one and two")),
                      IntStream.of(engine.tokenId("<｜Assistant｜>"), engine.tokenId("<think>"))))
              .toArray();
      engine.submit(GenerationRequest.greedy(1, prompt, 24).ignoringEnd());
      List<Integer> alone = Generated.one(engine, 1).ids;
      for (long id = 2; id <= 5; id++) {
        engine.submit(GenerationRequest.greedy(id, prompt, 24).ignoringEnd());
      }
      assertThat(Generated.all(engine, LongStream.rangeClosed(2, 5).toArray()))
          .allSatisfy(g -> assertThat(g.ids).isEqualTo(alone));
      engine.submit(
          GenerationRequest.greedy(6, prompt, 60)
              .withConstraint(new Constraint.Regex("(yes|no), [a-f]{3}")));
      assertThat(Generated.one(engine, 6).text.toString(StandardCharsets.UTF_8))
          .matches("(yes|no), [a-f]{3}<｜end▁of▁sentence｜>");
    }
  }
}
