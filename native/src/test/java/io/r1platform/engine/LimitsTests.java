package io.r1platform.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class LimitsTests {
  private static final int[] PROMPT = {0, 3, 48, 4, 14};

  private static void assertRefused(Engine engine, GenerationRequest request, EngineStatus status) {
    assertThatThrownBy(() -> engine.submit(request))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.status()).isEqualTo(status));
  }

  @Test
  void fullQueueRefusesAndNobodyHangs() {
    try (Engine engine = Fixture.openWithSmallRing(2, 3)) {
      for (long id = 1; id <= 5; id++) {
        engine.submit(GenerationRequest.greedy(id, PROMPT, 40).ignoringEnd());
      }
      assertRefused(engine, GenerationRequest.greedy(6, PROMPT, 40), EngineStatus.QUEUE_FULL);
      assertThat(Generated.all(engine, 1, 2, 3, 4, 5))
          .allSatisfy(g -> assertThat(g.outputTokens).isEqualTo(40));
      engine.submit(GenerationRequest.greedy(6, PROMPT, 1));
      assertThat(Generated.one(engine, 6).reason).isEqualTo(FinishReason.LENGTH);
    }
  }

  @Test
  void whatPassesTheContextIsRefusedAndWhatFillsItRuns() {
    try (Engine engine = Fixture.open()) {
      int[] prompt = IntStream.range(0, 400).toArray();
      assertRefused(engine, GenerationRequest.greedy(1, prompt, 113), EngineStatus.TOO_LARGE);
      long[] ids = LongStream.rangeClosed(1, 16).toArray();
      for (long id : ids) { // all sixteen contexts filled to the last cell
        engine.submit(GenerationRequest.greedy(id, prompt, 112).ignoringEnd());
      }
      assertThat(Generated.all(engine, ids))
          .allSatisfy(
              g -> {
                assertThat(g.reason).isEqualTo(FinishReason.LENGTH);
                assertThat(g.outputTokens).isEqualTo(112);
              });
    }
  }

  @Test
  void aSmallerContextIsTheLimitThen() {
    try (Engine engine =
        Fixture.open(EngineOptions.defaults(Fixture.MODEL).withContextTokens(100))) {
      assertThat(engine.model().contextTokens()).isEqualTo(100);
      assertRefused(engine, GenerationRequest.greedy(1, PROMPT, 96), EngineStatus.TOO_LARGE);
      engine.submit(GenerationRequest.greedy(1, PROMPT, 95).ignoringEnd());
      assertThat(Generated.one(engine, 1).outputTokens).isEqualTo(95);
    }
  }

  @Test
  void idsOutsideTheVocabularyAreRefused() {
    try (Engine engine = Fixture.open()) {
      assertRefused(engine, GenerationRequest.greedy(1, new int[] {1024}, 1), EngineStatus.INVALID);
      assertRefused(engine, GenerationRequest.greedy(1, new int[] {-1}, 1), EngineStatus.INVALID);
      GenerationRequest request = GenerationRequest.greedy(1, PROMPT, 1);
      assertRefused(engine, request.withStopIds(-5), EngineStatus.INVALID);
      assertRefused(engine, request.withStopIds(1, 1024), EngineStatus.INVALID);
    }
  }

  @Test
  void anIdInUseIsRefused() {
    try (Engine engine = Fixture.openWithSmallRing(1, 2)) {
      engine.submit(GenerationRequest.greedy(1, PROMPT, 100).ignoringEnd());
      assertRefused(engine, GenerationRequest.greedy(1, PROMPT, 1), EngineStatus.INVALID);
      assertThat(Generated.one(engine, 1).outputTokens).isEqualTo(100);
    }
  }

  @Test
  void requestsAreCheckedWhenMade() {
    assertThatIllegalArgumentException().isThrownBy(() -> GenerationRequest.greedy(0, PROMPT, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GenerationRequest.greedy(1, new int[0], 1));
    assertThatIllegalArgumentException().isThrownBy(() -> GenerationRequest.greedy(1, PROMPT, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GenerationRequest.greedy(1, PROMPT, 1).withMinTokens(2));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GenerationRequest.greedy(1, PROMPT, 1).withStopIds(new int[17]));
    assertThatIllegalArgumentException().isThrownBy(() -> Sampling.of(Float.NaN, 1, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> Sampling.of(1, 0, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new Sampling(1, 1, -1, 0, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new Sampling(1, 1, 0, 2, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new EventBuffer(15));
    Map<Integer, Float> tooMany = new HashMap<>();
    for (int id = 0; id < 301; id++) {
      tooMany.put(id, 1f);
    }
    Sampling greedy = Sampling.greedy();
    assertThatIllegalArgumentException().isThrownBy(() -> greedy.withBias(tooMany));
    assertThatIllegalArgumentException().isThrownBy(() -> greedy.withBias(Map.of(1, Float.NaN)));
    assertThatIllegalArgumentException().isThrownBy(() -> new Sampling.Penalties(0, 0, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new Sampling.Penalties(1, 3, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GenerationRequest.greedy(1, PROMPT, 1).withLogprobs(21));
    assertThatIllegalArgumentException().isThrownBy(() -> new Constraint.Regex("x".repeat(65_537)));
  }

  @Test
  void optionsAreCheckedWhenMade() {
    EngineOptions usual = EngineOptions.defaults(Fixture.MODEL);
    assertThatIllegalArgumentException().isThrownBy(() -> usual.withRequests(241, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> usual.withRequests(1, 4_097));
    EngineOptions sim = EngineOptions.of(EngineOptions.Backend.SIM, Fixture.MODEL);
    assertThat(sim.withRequests(7_168, 4_096).sizes().ringEvents()).isEqualTo(118_785);
    assertThatIllegalArgumentException().isThrownBy(() -> sim.withRequests(8_193, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> usual.withBackendJson("x".repeat(65_537)));
    assertThatIllegalArgumentException().isThrownBy(() -> usual.withMemoryBytesMax(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> usual.withContextTokens(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> usual.withThreads(-1));
    assertThatThrownBy(() -> Engine.open(usual.withThreads(1_024)))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.status()).isEqualTo(EngineStatus.INVALID));
  }
}
