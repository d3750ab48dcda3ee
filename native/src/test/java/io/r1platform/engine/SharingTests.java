package io.r1platform.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Many sequences, and prefixes shared among them, where each has cells of its own and where not.
 */
@Timeout(120)
class SharingTests {
  private static final int CELL_BYTES = 1024; // of the fixture, as an upper bound
  private static final int[] PREFIX = IntStream.range(0, 100).map(i -> 200 + i).toArray();

  private static EngineOptions options(long memoryBytesMax) {
    return EngineOptions.defaults(Fixture.MODEL).withMemoryBytesMax(memoryBytesMax);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 4L * 512 * CELL_BYTES})
  void aRunningPrefixIsSharedAndChangesNoToken(long memoryBytesMax) {
    try (Engine engine = Fixture.open(options(memoryBytesMax))) {
      engine.submit(GenerationRequest.greedy(1, PREFIX, 20).ignoringEnd());
      List<Integer> fresh = Generated.one(engine, 1).ids;
      engine.submit(GenerationRequest.greedy(2, PREFIX, 400).ignoringEnd().withCacheSalt(9));
      Map<Long, Generated> seen = new HashMap<>(Generated.until(engine, some -> some.size() == 1));
      for (long id = 3; id <= 5; id++) {
        long salt = id == 5 ? 10 : 9;
        engine.submit(GenerationRequest.greedy(id, PREFIX, 20).ignoringEnd().withCacheSalt(salt));
      }
      assertThat(seen).isNotEmpty();
      Map<Long, Generated> rest =
          Generated.until(engine, some -> LongStream.of(3, 4, 5).allMatch(id -> ended(some, id)));
      for (long id = 3; id <= 5; id++) {
        Generated generated = Generated.of(rest, id);
        assertThat(generated.cachedTokens).isEqualTo(id == 5 ? 0 : 99);
        assertThat(generated.ids).isEqualTo(fresh);
      }
      engine.cancel(2);
      EngineStats stats = engine.stats();
      assertThat(stats.cachedTokens()).isEqualTo(2 * 99);
      assertThat(stats.prefixAskedTokens()).isEqualTo(4 * 100);
    }
  }

  private static boolean ended(Map<Long, Generated> seen, long id) {
    return seen.containsKey(id) && Generated.of(seen, id).last != null;
  }

  @Test
  void withoutThePrefixCacheNothingIsShared() {
    try (Engine engine = Fixture.open(options(0).withFeatures(false, true))) {
      for (long id = 1; id <= 2; id++) {
        engine.submit(GenerationRequest.greedy(id, PREFIX, 5).withCacheSalt(9));
        assertThat(Generated.one(engine, id).cachedTokens).isZero();
      }
      assertThat(engine.stats().kvTokensCached()).isZero();
    }
  }

  /** 240 is the most: llama.cpp has 256 ids. */
  @ParameterizedTest
  @ValueSource(ints = {64, 240})
  void manySequencesGenerateWhatEachGeneratesAlone(int sequences) {
    Fixture.Case example = Fixture.cases().getFirst();
    int tokens = Math.min(20, example.greedy().size());
    try (Engine engine = Fixture.open(options(0).withRequests(sequences, 10))) {
      assertThat(engine.model().maxSequences()).isEqualTo(sequences);
      for (long id = 1; id <= sequences; id++) {
        engine.submit(GenerationRequest.greedy(id, example.promptIds(), tokens).ignoringEnd());
      }
      List<Generated> all = Generated.all(engine, LongStream.rangeClosed(1, sequences).toArray());
      assertThat(all)
          .allSatisfy(g -> assertThat(g.ids).isEqualTo(example.greedy().subList(0, tokens)));
      assertThat(engine.stats().kvTokensUsed()).isZero();
    }
  }

  @Test
  void whereMemoryIsShortRequestsWaitAndAllEnd() {
    try (Engine engine = Fixture.open(options(2L * 512 * CELL_BYTES))) {
      assertThat(engine.model().kvTokens()).isBetween(512L, 16L * 512 - 1);
      for (long id = 1; id <= 12; id++) {
        engine.submit(
            GenerationRequest.greedy(id, PREFIX, 300).ignoringEnd().withCacheSalt(1 + id % 2));
      }
      assertThat(Generated.all(engine, LongStream.rangeClosed(1, 12).toArray()))
          .allSatisfy(g -> assertThat(g.outputTokens).isEqualTo(300));
    }
  }
}
