package io.r1platform.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a request may ask of the choice of tokens, on the fixture. */
@Timeout(120)
class SamplingTests {
  private static final int[] PROMPT = {0, 3, 48, 4, 14};
  private static Engine engine;
  private static long lastId;

  @BeforeAll
  static void open() {
    engine = Fixture.open();
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  private static GenerationRequest request(int tokens) {
    return GenerationRequest.greedy(++lastId, PROMPT, tokens).ignoringEnd();
  }

  private static Generated run(GenerationRequest request) {
    engine.submit(request);
    return Generated.one(engine, request.id());
  }

  @Test
  void logprobsDifferAsThoseOfTransformers() {
    for (Fixture.Case example : Fixture.cases()) {
      Generated one =
          run(GenerationRequest.greedy(++lastId, example.promptIds(), 1).withLogprobs(20));
      List<Generated.Alternative> first = one.alternatives.getFirst();
      List<Integer> ids = first.stream().map(Generated.Alternative::id).toList();
      assertThat(ids).startsWith(example.topLogits().keySet().toArray(Integer[]::new));
      double shift = example.topLogits().values().iterator().next() - first.getFirst().logprob();
      int at = 0;
      for (double logit : example.topLogits().values()) {
        assertThat(first.get(at++).logprob() + shift).isCloseTo(logit, within(1e-4));
      }
    }
  }

  @Test
  void alternativesAreSortedAndTheGreedyTokenIsTheirFirst() {
    Generated generated = run(request(30).withLogprobs(7));
    assertThat(generated.alternatives).hasSize(30).allSatisfy(a -> assertThat(a).hasSize(7));
    for (int i = 0; i < 30; i++) {
      List<Generated.Alternative> alternatives = generated.alternatives.get(i);
      assertThat(alternatives.getFirst().id()).isEqualTo(generated.ids.get(i));
      assertThat(alternatives.getFirst().logprob())
          .isEqualTo(generated.logprobs.get(i))
          .isNegative();
      assertThat(alternatives)
          .isSortedAccordingTo((a, b) -> Float.compare(b.logprob(), a.logprob()));
    }
    assertThat(run(request(3)).logprobs).containsOnly(0f);
    assertThat(run(request(3).withLogprobs(0)).logprobs)
        .allSatisfy(l -> assertThat(l).isNegative());
  }

  /** Cancelled amid it: more rounds if this thread slept until the end. */
  @Test
  void cancelWithLogprobs() {
    int cut = 0;
    for (int round = 0; round < 100 && cut < 10; round++) {
      GenerationRequest request = request(400).withLogprobs(20);
      Map<Long, Generated> seen = new HashMap<>();
      engine.submit(request);
      Generated.until(engine, seen, some -> !some.isEmpty());
      engine.cancel(request.id());
      Generated.until(engine, seen, some -> Generated.of(some, request.id()).last != null);
      Generated generated = Generated.of(seen, request.id());
      assertThat(generated.outputTokens).isEqualTo(generated.logprobs.size()).isPositive();
      cut += generated.reason == FinishReason.CANCELLED ? 1 : 0;
    }
    assertThat(cut).isEqualTo(10);
  }

  @Test
  void biasForcesAndBans() {
    Sampling forced = Sampling.greedy().withBias(Map.of(77, 1_000f));
    assertThat(run(request(5).withSampling(forced)).ids).containsOnly(77);
    List<Integer> free = run(request(5)).ids;
    Sampling banned = Sampling.greedy().withBias(Map.of(free.getFirst(), Float.NEGATIVE_INFINITY));
    assertThat(run(request(5).withSampling(banned)).ids).doesNotContain(free.getFirst());
  }

  @Test
  void penaltiesMakeTokensRarer() {
    Sampling usual = Sampling.greedy().withBias(Map.of(77, 6f, 78, 5.9f));
    int distinct = new HashSet<>(run(request(100).withSampling(usual)).ids).size();
    for (Sampling.Penalties penalties :
        List.of(
            new Sampling.Penalties(4, 0, 0),
            new Sampling.Penalties(1, 2, 0),
            new Sampling.Penalties(1, 0, 0.5f))) {
      Generated generated = run(request(100).withSampling(usual.withPenalties(penalties)));
      assertThat(new HashSet<>(generated.ids)).hasSizeGreaterThan(distinct);
    }
  }
}
