package io.r1platform.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The simulated engine: at the pace it says, always the same, and never without its label. */
@Timeout(120)
class SimTests {
  private static EngineOptions options(String json) {
    return EngineOptions.of(EngineOptions.Backend.SIM, Path.of("r1-8xb200"))
        .withSimulation(true)
        .withBackendJson(json);
  }

  private static Engine open(String json) {
    return Fixture.open(options(json));
  }

  private static int[] prompt(Engine engine, String question) {
    return IntStream.concat(
            IntStream.concat(
                IntStream.of(engine.tokenId("<｜begin▁of▁sentence｜>"), engine.tokenId("<｜User｜>")),
                IntStream.of(engine.tokenize(question))),
            IntStream.of(engine.tokenId("<｜Assistant｜>"), engine.tokenId("<think>"), '\n'))
        .toArray();
  }

  @Test
  void itIsRefusedUnlessAllowedAndThenLabelled() {
    EngineOptions allowed = options("");
    assertThatThrownBy(() -> Engine.open(allowed.withSimulation(false)))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.status()).isEqualTo(EngineStatus.UNSUPPORTED))
        .hasMessageContaining("only simulates");
    try (Engine engine = Fixture.open(allowed)) {
      ModelInfo model = engine.model();
      assertThat(model.simulated()).isTrue();
      assertThat(model.name()).isEqualTo("sim-r1-8xb200");
      assertThat(model.backend()).isEqualTo("sim");
      assertThat(model.kvTokens()).isEqualTo(24_600_000);
      assertThat(model.features())
          .containsExactlyInAnyOrder(ModelInfo.Feature.TEXT, ModelInfo.Feature.MIN_TOKENS);
    }
    try (Engine real = Fixture.open()) {
      assertThat(real.model().simulated()).isFalse();
    }
  }

  @Test
  void anUnknownPresetOrSettingIsNamed() {
    assertThatThrownBy(() -> open("{\"mode\":\"loud\"}")).hasMessageContaining("mode");
    EngineOptions unknown = EngineOptions.of(EngineOptions.Backend.SIM, Path.of("r1-9000"));
    assertThatThrownBy(() -> Fixture.open(unknown.withSimulation(true)))
        .hasMessageContaining("r1-8xb200");
  }

  @Test
  void tokensFollowFromSeedAndPrompt() {
    try (Engine engine = open("{\"clock\":\"virtual\"}")) {
      int[] prompt = prompt(engine, "how many?");
      for (long id = 1; id <= 3; id++) {
        engine.submit(
            GenerationRequest.greedy(id, prompt, 200).withSampling(Sampling.of(1, 1, id / 3)));
      }
      List<Generated> all = Generated.all(engine, 1, 2, 3);
      assertThat(all.get(0).ids).isEqualTo(all.get(1).ids).isNotEqualTo(all.get(2).ids);
      assertThat(all)
          .allSatisfy(
              g -> {
                assertThat(g.reason).isEqualTo(FinishReason.END);
                assertThat(g.ids).containsOnlyOnce(engine.model().thinkCloseId());
                assertThat(g.ids.indexOf(engine.model().thinkCloseId())).isBetween(16, 63);
              });
    }
  }

  @Test
  void echoReturnsTheQuestion() {
    try (Engine engine = open("{\"clock\":\"virtual\",\"mode\":\"echo\"}")) {
      engine.submit(GenerationRequest.greedy(1, prompt(engine, "which word is 한국어?"), 100));
      Generated echo = Generated.one(engine, 1);
      assertThat(echo.text.toString(StandardCharsets.UTF_8))
          .isEqualTo("</think>which word is 한국어?<｜end▁of▁sentence｜>");
    }
  }

  @Test
  void virtualTimeIsCountedAndDoesNotPass() {
    try (Engine engine = open("{\"clock\":\"virtual\",\"reasoning_tokens\":100000}")) {
      int[] prompt = prompt(engine, "a");
      engine.submit(GenerationRequest.greedy(1, prompt, 100_000));
      assertThat(Generated.one(engine, 1).outputTokens).isEqualTo(100_000);
      EngineStats stats = engine.stats();
      long prefill = prompt.length * 1_000_000L / 80_000;
      assertThat(stats.stepMicros()).isEqualTo(prefill + 99_999L * 3_640);
    }
  }

  @Test
  void realTimePassesAsPublished() {
    try (Engine engine = open("{\"reasoning_tokens\":50}")) {
      engine.submit(GenerationRequest.greedy(1, prompt(engine, "a"), 51));
      Generated generated = Generated.one(engine, 1);
      assertThat(generated.decodeMicros).isGreaterThanOrEqualTo(50 * 3_640);
    }
  }

  @Test
  void twoThousandStreamsEndOnceEach() {
    EngineOptions wide = options("{\"clock\":\"virtual\"}").withRequests(2_000, 100);
    try (Engine engine = Fixture.open(wide)) {
      int[] prompt = prompt(engine, "a");
      for (long id = 1; id <= 2_000; id++) {
        engine.submit(GenerationRequest.greedy(id, prompt, 100).ignoringEnd());
      }
      assertThat(Generated.all(engine, LongStream.rangeClosed(1, 2_000).toArray()))
          .allSatisfy(g -> assertThat(g.outputTokens).isEqualTo(100));
      assertThat(engine.stats().kvTokensUsed()).isZero();
    }
  }
}
