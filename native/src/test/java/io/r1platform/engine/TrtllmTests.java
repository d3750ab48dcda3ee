package io.r1platform.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests on the TensorRT-LLM backend with the stand-in, not run on a GPU. Four run at once, an
 * answer comes every four tokens, and the ring holds one step.
 */
@Timeout(120)
class TrtllmTests {
  private static final int BATCH = 4;
  private static final int INTERVAL = 4;
  private static final int RANKS = 2; // each with a cache of its own
  private static @Nullable Engine opened;
  private static long lastId;

  @BeforeAll
  static void open(@TempDir Path directory) {
    StandIn.assumeBuilt();
    EngineOptions options =
        StandIn.options(
            StandIn.checkpoint(directory, "\"loses_aborts\": 1, \"context_tokens\": 65536"),
            """
            "max_batch_size": %d, "stream_interval": %d, "max_num_tokens": 64,
            "enable_iter_perf_stats": true, "enable_attention_dp": true,
            "tensor_parallel_size": %d, "kv_cache_config": {"event_buffer_max_size": 1024},
            "guided_decoding_backend": "xgrammar"
            """
                .formatted(BATCH, INTERVAL, RANKS),
            "\"stall_seconds\": 10");
    int ring = EngineOptions.Sizes.ringEventsMin(BATCH, 60);
    opened = Fixture.open(options.with(new EngineOptions.Sizes(BATCH, 60, 0, 512, 256, 0, ring)));
  }

  @AfterAll
  static void close() {
    if (opened != null) {
      opened.close();
    }
  }

  private static Engine engine() {
    if (opened == null) {
      throw new IllegalStateException("not open");
    }
    return opened;
  }

  private static long submit(GenerationRequest request) {
    engine().submit(request);
    return request.id();
  }

  private static GenerationRequest whole() {
    return GenerationRequest.greedy(++lastId, StandIn.prompt(StandIn.BEGIN, 5), 100);
  }

  private static GenerationRequest endless() {
    return GenerationRequest.greedy(++lastId, StandIn.prompt(StandIn.BEGIN, 5), 60_000)
        .ignoringEnd();
  }

  private static Generated run(GenerationRequest request) {
    return Generated.one(engine(), submit(request));
  }

  @Test
  void everyTokenIsCountedAndTheEndTokenIsTheLast() {
    Generated generated = run(whole());
    StandIn.assertWhole(generated);
    assertThat(generated.endFlag).isTrue();
    assertThat(generated.promptTokens).isEqualTo(5);
    assertThat(generated.overrunTokens).isZero();
  }

  @Test
  void stopTokensEndTheOutputAndStayInIt() {
    Generated generated = run(whole().withStopIds(99, StandIn.THINK_END));
    assertThat(generated.reason).isEqualTo(FinishReason.STOP_ID);
    assertThat(generated.ids).hasSize(StandIn.THINK_TOKENS).endsWith(StandIn.THINK_END);
  }

  @Test
  void schemaConstrainsOnlyTheAnswer() {
    Generated generated =
        run(whole().withConstraint(new Constraint.JsonSchema("{}"), StandIn.THINK_END));
    assertThat(generated.ids)
        .hasSize(StandIn.THINK_TOKENS + 3)
        .endsWith(StandIn.THINK_END, (int) '{', (int) '}', StandIn.END);
  }

  @Test
  void minTokensHoldBackTheOneEndTokenAndNoStopTokens() {
    Generated generated = run(whole().withMinTokens(30));
    assertThat(generated.reason).isEqualTo(FinishReason.END);
    assertThat(generated.ids).hasSize(30).endsWith(StandIn.END);
    assertThatThrownBy(() -> submit(whole().withMinTokens(30).withStopIds(99)))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.status()).isEqualTo(EngineStatus.UNSUPPORTED));
    lastId--;
  }

  @Test
  void moreRequestsThanABatchWaitAndAllEnd() {
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      ids.add(submit(whole()));
    }
    List<Generated> all =
        Generated.all(engine(), LongStream.range(ids.getFirst(), ids.getLast() + 1).toArray());
    all.forEach(StandIn::assertWhole);
    assertThat(all.getLast().queueMicros).isGreaterThan(100_000); // nine batches of 24 steps before
    assertThat(all).allMatch(generated -> generated.prefillMicros > 0);
  }

  @Test
  void theHigherPriorityStartsFirst() {
    long[] blockers = LongStream.range(0, BATCH).map(_ -> submit(endless())).toArray();
    Map<Long, Generated> seen = new HashMap<>();
    pollUntil(seen, () -> LongStream.of(blockers).allMatch(id -> tokens(seen, id) > 0));
    long low = submit(whole().withPriority(-1));
    long high = submit(whole().withPriority(1));
    LongStream.of(blockers).forEach(engine()::cancel);
    assertThat(firstTokens(low, high)).containsExactly(high, low);
  }

  /** In the order in which these requests had their first tokens; polls until all had. */
  private static List<Long> firstTokens(long... ids) {
    List<Long> order = new ArrayList<>();
    EventBuffer events = new EventBuffer(64);
    long open = lastId - ids[0] + 1 + BATCH;
    while (open > 0) {
      engine().poll(events, Duration.ofMillis(100));
      while (events.next()) {
        open -= events.kind() == EventBuffer.Kind.TOKEN ? 0 : 1;
        long id = events.requestId();
        if (events.kind() == EventBuffer.Kind.TOKEN
            && LongStream.of(ids).anyMatch(one -> one == id)
            && !order.contains(id)) {
          order.add(id);
        }
      }
    }
    return order;
  }

  /** The first cancel of all is lost in the stand-in, as one that comes before registration. */
  @Test
  void cancelBeforeItIsRegisteredIsNotLost() {
    for (int i = 0; i < 8; i++) {
      long id = submit(endless());
      assertThat(engine().cancel(id)).isTrue();
      Generated cancelled = Generated.one(engine(), id);
      assertThat(cancelled.reason).isEqualTo(FinishReason.CANCELLED);
      assertThat(cancelled.outputTokens).isEqualTo(cancelled.ids.size());
    }
  }

  @Test
  void cancelWhileRunningKeepsWhatCameAndNeverChargesTheRest() {
    long id = submit(endless());
    Map<Long, Generated> seen = new HashMap<>();
    pollUntil(seen, () -> tokens(seen, id) > 0);
    assertThat(engine().cancel(id)).isTrue();
    pollUntil(seen, () -> ended(seen, id));
    Generated cancelled = Generated.of(seen, id);
    assertThat(cancelled.reason).isEqualTo(FinishReason.CANCELLED);
    assertThat(cancelled.outputTokens).isEqualTo(cancelled.ids.size()).isPositive();
    assertThat(cancelled.outputTokens % INTERVAL).isZero();
    assertThat(cancelled.overrunTokens).isPositive(); // the step that was on its way
    assertThat(cancelled.promptTokens).isEqualTo(5);
  }

  @Test
  void cancelWithLogprobs() {
    long id = submit(endless().withLogprobs(3));
    Map<Long, Generated> seen = new HashMap<>();
    pollUntil(seen, () -> tokens(seen, id) > 0);
    engine().cancel(id);
    pollUntil(seen, () -> ended(seen, id));
    assertThat(Generated.of(seen, id).reason).isEqualTo(FinishReason.CANCELLED);
  }

  @Test
  void cancelAfterFinishIsHarmless() {
    Generated generated = run(whole());
    assertThat(engine().cancel(generated.id)).isFalse();
    StandIn.assertWhole(run(whole()));
  }

  @Test
  void cancelOfOneLeavesOthersRunning() {
    long one = submit(endless());
    long other = submit(whole());
    engine().cancel(one);
    List<Generated> both = Generated.all(engine(), one, other);
    assertThat(both.getFirst().reason).isEqualTo(FinishReason.CANCELLED);
    StandIn.assertWhole(both.getLast());
  }

  @Test
  void deadlinesEndRunningAndWaitingRequests() {
    long[] ids =
        LongStream.range(0, 2 * BATCH)
            .map(_ -> submit(endless().withDeadline(Duration.ofSeconds(1))))
            .toArray();
    assertThat(Generated.all(engine(), ids))
        .allMatch(generated -> generated.reason == FinishReason.DEADLINE)
        .anyMatch(generated -> generated.outputTokens == 0)
        .anyMatch(generated -> generated.outputTokens > 0);
  }

  @Test
  void oneFailureLeavesOthersRunning() {
    long other = submit(whole());
    long failing = submit(GenerationRequest.greedy(++lastId, StandIn.prompt(StandIn.FAIL, 5), 100));
    List<Generated> both = Generated.all(engine(), other, failing);
    StandIn.assertWhole(both.getFirst());
    assertThat(both.getLast().status).isEqualTo(EngineStatus.REQUEST);
    assertThat(both.getLast().last).isEqualTo(EventBuffer.Kind.ERROR);
  }

  /** Nobody polls while the ring is full many times over; nothing is lost or in another order. */
  @Test
  void aSlowPollerLosesNothing() {
    long[] ids = LongStream.range(0, 40).map(_ -> submit(whole())).toArray();
    while (engine().stats().finished() < lastId) {
      Thread.onSpinWait();
    }
    Generated.all(engine(), ids).forEach(StandIn::assertWhole);
  }

  @Test
  void aPromptBeyondMaxNumTokensIsRefusedWithoutChunkedPrefill() {
    assertThatThrownBy(
            () -> submit(GenerationRequest.greedy(++lastId, StandIn.prompt(StandIn.BEGIN, 65), 10)))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.status()).isEqualTo(EngineStatus.TOO_LARGE))
        .hasMessageContaining("max_num_tokens, 64");
    lastId--;
  }

  @Test
  void cachedTokensAreThoseOfTheSameSalt() {
    int[] prompt = StandIn.prompt(StandIn.BEGIN, 40);
    prompt[1] = 7;
    GenerationRequest first = GenerationRequest.greedy(++lastId, prompt, 5).withCacheSalt(4);
    assertThat(run(first).cachedTokens).isZero();
    GenerationRequest again = GenerationRequest.greedy(++lastId, prompt, 5).withCacheSalt(4);
    assertThat(run(again).cachedTokens).isEqualTo(32);
    GenerationRequest other = GenerationRequest.greedy(++lastId, prompt, 5).withCacheSalt(5);
    assertThat(run(other).cachedTokens).isZero();
    awaitStats(stats -> stats.cachedTokens() >= 32 && stats.kvTokensCached() >= 32);
  }

  @Test
  void statisticsTellWhatTheExecutorDoes() {
    long[] ids = LongStream.range(0, BATCH + 2).map(_ -> submit(endless())).toArray();
    awaitStats(
        stats ->
            stats.running() == BATCH
                && stats.waiting() == 2
                && stats.kvTokensUsed() > 0
                && stats.kvTokensTotal() == RANKS * 65_536
                && stats.steps() > 0);
    for (long id : ids) {
      engine().cancel(id);
    }
    Generated.all(engine(), ids);
    awaitStats(stats -> stats.running() == 0 && stats.waiting() == 0);
  }

  private static int tokens(Map<Long, Generated> seen, long id) {
    Generated generated = seen.get(id);
    return generated == null ? 0 : generated.ids.size();
  }

  private static boolean ended(Map<Long, Generated> seen, long id) {
    Generated generated = seen.get(id);
    return generated != null && generated.last != null;
  }

  private static void pollUntil(
      Map<Long, Generated> seen, java.util.function.BooleanSupplier holds) {
    EventBuffer events = new EventBuffer(64);
    while (!holds.getAsBoolean()) {
      engine().poll(events, Duration.ofMillis(100));
      Generated.add(seen, events);
    }
  }

  private static void awaitStats(java.util.function.Predicate<EngineStats> wanted) {
    while (!wanted.test(engine().stats())) {
      Thread.onSpinWait();
    }
  }
}
