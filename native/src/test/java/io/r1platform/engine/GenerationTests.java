package io.r1platform.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class GenerationTests {
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

  private static Generated run(GenerationRequest request) {
    engine.submit(request);
    return Generated.one(engine, request.id());
  }

  private static GenerationRequest request(int[] prompt, int tokens) {
    return GenerationRequest.greedy(++lastId, prompt, tokens);
  }

  @Test
  void greedyIdsEqualThoseOfTransformers() {
    assertThat(Fixture.cases()).isNotEmpty();
    for (Fixture.Case example : Fixture.cases()) {
      GenerationRequest request = request(example.promptIds(), example.greedy().size());
      assertThat(run(request.ignoringEnd()).ids).isEqualTo(example.greedy());
    }
  }

  @Test
  void sixteenAtOnceGenerateWhatEachGeneratesAlone() {
    List<int[]> prompts = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      int first = 100 + i;
      prompts.add(IntStream.range(0, 5 + 17 * i).map(n -> first + n).toArray());
    }
    List<List<Integer>> alone = new ArrayList<>();
    for (int[] prompt : prompts) {
      alone.add(run(request(prompt, 40).ignoringEnd()).ids);
    }
    long first = lastId + 1;
    for (int[] prompt : prompts) {
      engine.submit(request(prompt, 40).ignoringEnd());
    }
    List<Generated> together =
        Generated.all(engine, LongStream.rangeClosed(first, lastId).toArray());
    assertThat(together.stream().map(g -> g.ids).toList()).isEqualTo(alone);
    assertThat(new HashSet<>(alone).size()).isGreaterThan(8);
  }

  @Test
  void eventsPiecesAndCountsAgree() {
    EngineStats before = engine.stats();
    Generated generated = run(request(PROMPT, 50).ignoringEnd());
    EngineStats after = engine.stats();
    assertThat(generated.outputTokens).isEqualTo(50).isEqualTo(generated.ids.size());
    assertThat(generated.promptTokens).isEqualTo(PROMPT.length);
    assertThat(generated.cachedTokens).isZero();
    assertThat(after.outputTokens() - before.outputTokens()).isEqualTo(50);
    assertThat(after.promptTokens() - before.promptTokens()).isEqualTo(PROMPT.length);
    assertThat(after.finished() - before.finished()).isEqualTo(1);
    int[] ids = generated.ids.stream().mapToInt(Integer::intValue).toArray();
    assertThat(generated.text.toByteArray()).isEqualTo(engine.detokenize(ids));
  }

  @Test
  void aSeedRepeatsItsTokensWhateverRunsBesideIt() {
    Sampling warm = Sampling.of(1.0f, 0.95f, 42);
    List<Integer> alone = run(request(PROMPT, 60).withSampling(warm).ignoringEnd()).ids;
    List<Integer> other =
        run(request(PROMPT, 60).withSampling(Sampling.of(1.0f, 0.95f, 43)).ignoringEnd()).ids;
    assertThat(other).isNotEqualTo(alone);
    long first = lastId + 1;
    for (int i = 0; i < 7; i++) {
      engine.submit(request(new int[] {0, 50 + i}, 60).ignoringEnd());
    }
    engine.submit(request(PROMPT, 60).withSampling(warm).ignoringEnd());
    List<Generated> all = Generated.all(engine, LongStream.rangeClosed(first, lastId).toArray());
    assertThat(all.getLast().ids).isEqualTo(alone);
  }

  @Test
  void topKOfOneIsGreedyAtAnyTemperature() {
    List<Integer> greedy = run(request(PROMPT, 30).ignoringEnd()).ids;
    Sampling hot = new Sampling(50, 1, 1, 0, 5);
    assertThat(run(request(PROMPT, 30).withSampling(hot).ignoringEnd()).ids).isEqualTo(greedy);
    Sampling narrow = new Sampling(50, 0.000001f, 0, 0, 5);
    assertThat(run(request(PROMPT, 30).withSampling(narrow).ignoringEnd()).ids).isEqualTo(greedy);
    Sampling sure = new Sampling(50, 1, 0, 1, 5);
    assertThat(run(request(PROMPT, 30).withSampling(sure).ignoringEnd()).ids).isEqualTo(greedy);
  }

  @Test
  void hotSamplingVisitsMuchOfTheVocabulary() {
    Sampling hot = new Sampling(100, 1, 0, 0, 5);
    Generated generated = run(request(PROMPT, 400).withSampling(hot).ignoringEnd());
    Set<Integer> distinct = new HashSet<>(generated.ids);
    assertThat(distinct.size()).isGreaterThan(250); // of 1,024; 332 are expected of even chances
  }

  @Test
  void aStopTokenEndsTheOutputAndIsItsLastToken() {
    List<Integer> greedy = run(request(PROMPT, 30).ignoringEnd()).ids;
    int stop = greedy.get(12);
    int at = greedy.indexOf(stop);
    Generated stopped = run(request(PROMPT, 30).withStopIds(7, stop).ignoringEnd());
    assertThat(stopped.reason).isEqualTo(FinishReason.STOP_ID);
    assertThat(stopped.ids).isEqualTo(greedy.subList(0, at + 1));
    assertThat(stopped.endFlag).isTrue();
  }

  @Test
  void beforeMinTokensNothingEndsTheOutput() {
    List<Integer> greedy = run(request(PROMPT, 30).ignoringEnd()).ids;
    int stop = greedy.getFirst();
    Generated late = run(request(PROMPT, 30).withStopIds(stop).withMinTokens(10).ignoringEnd());
    assertThat(late.outputTokens).isGreaterThan(10);
    assertThat(late.ids.subList(0, 10)).doesNotContain(stop);
  }

  @Test
  void theEndTokenEndsCountsAndIsMarked() {
    int end = engine.model().endIds().getFirst();
    Generated ended; // hot, so that each token has about one chance in 1,024
    int seed = 0;
    do {
      Sampling hot = new Sampling(100, 1, 0, 0, ++seed);
      ended = run(request(PROMPT, 400).withSampling(hot));
    } while (ended.reason != FinishReason.END && seed < 40);
    assertThat(ended.reason).isEqualTo(FinishReason.END);
    assertThat(ended.ids.getLast()).isEqualTo(end);
    assertThat(ended.ids.subList(0, ended.ids.size() - 1)).doesNotContain(end);
    assertThat(ended.endFlag).isTrue();
    assertThat(ended.outputTokens).isEqualTo(ended.ids.size());
  }

  @Test
  void aSharedPrefixIsCountedAsCachedAndChangesNoToken() {
    int[] prompt = IntStream.range(0, 100).map(i -> 200 + i).toArray();
    Generated fresh = run(request(prompt, 20).ignoringEnd());
    run(request(prompt, 20).withCacheSalt(77).ignoringEnd());
    Generated shared = run(request(prompt, 20).withCacheSalt(77).ignoringEnd());
    assertThat(shared.cachedTokens).isEqualTo(99).isEqualTo(shared.cachedAtFirstToken);
    assertThat(shared.promptTokens).isEqualTo(100);
    assertThat(shared.ids).isEqualTo(fresh.ids);
  }

  @Test
  void anotherSaltOrNoneSharesNothing() {
    int[] prompt = IntStream.range(0, 100).map(i -> 300 + i).toArray();
    run(request(prompt, 2).withCacheSalt(78).ignoringEnd());
    assertThat(run(request(prompt, 2).withCacheSalt(79).ignoringEnd()).cachedTokens).isZero();
    assertThat(run(request(prompt, 2).ignoringEnd()).cachedTokens).isZero();
  }

  @Test
  void higherPriorityStartsFirst() {
    try (Engine one = Fixture.openWithSmallRing(1, 8)) {
      one.submit(GenerationRequest.greedy(1, PROMPT, 30).ignoringEnd());
      while (one.stats().running() == 0) {
        Thread.onSpinWait();
      }
      one.submit(GenerationRequest.greedy(2, PROMPT, 1));
      one.submit(GenerationRequest.greedy(3, PROMPT, 1).withPriority(5));
      one.submit(GenerationRequest.greedy(4, PROMPT, 1).withPriority(5));
      List<Long> order = new ArrayList<>();
      EventBuffer events = new EventBuffer(64);
      while (order.size() < 4) {
        one.poll(events, Duration.ofSeconds(1));
        while (events.next()) {
          if (events.kind() == EventBuffer.Kind.FINISHED) {
            order.add(events.requestId());
          }
        }
      }
      assertThat(order).containsExactly(1L, 3L, 4L, 2L);
    }
  }

  @Test
  void theModelTellsWhatItIs() {
    ModelInfo model = engine.model();
    assertThat(model.architecture()).isEqualTo("deepseek2");
    assertThat(model.name()).isEqualTo("deepseek2-tiny");
    assertThat(model.sha256())
        .isEqualTo("d930dba2b10b0acaca2b5da7b0da7c0aa7f6dce4fd19ac3861d6668cce7cc637");
    assertThat(model.backend()).isEqualTo("llamacpp");
    assertThat(model.backendVersion()).startsWith("0.5.0");
    assertThat(model.vocabularySize()).isEqualTo(1024);
    assertThat(model.contextTokens()).isEqualTo(512);
    assertThat(model.bosId()).isZero();
    assertThat(model.thinkOpenId()).isEqualTo(14);
    assertThat(model.thinkCloseId()).isEqualTo(15);
    assertThat(model.endIds()).containsExactly(1);
    assertThat(model.kvTokens()).isEqualTo(16 * 512);
    assertThat(model.fileBytes()).isEqualTo(986_816);
    byte[] think = engine.detokenize(new int[] {model.thinkOpenId()});
    assertThat(new String(think, StandardCharsets.UTF_8)).isEqualTo("<think>");
  }
}
