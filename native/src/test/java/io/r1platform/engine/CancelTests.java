package io.r1platform.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A cancel in every phase of a request, and its neighbours untouched. */
@Timeout(120)
class CancelTests {
  private static final int[] PROMPT = {0, 3, 48, 4, 14};

  @Test
  void cancelWhileWaitingCostsNothing() {
    try (Engine engine = Fixture.openWithSmallRing(1, 8)) {
      engine.submit(GenerationRequest.greedy(1, PROMPT, 400).ignoringEnd());
      engine.submit(GenerationRequest.greedy(2, PROMPT, 400).ignoringEnd());
      assertThat(engine.cancel(2)).isTrue();
      Generated waiting = Generated.of(Generated.until(engine, seen -> ended(seen, 2)), 2);
      assertThat(waiting.reason).isEqualTo(FinishReason.CANCELLED);
      assertThat(waiting.promptTokens).isZero();
      assertThat(waiting.outputTokens).isZero();
      assertThat(engine.cancel(1)).isTrue();
    }
  }

  @Test
  void cancelDuringPrefillCountsWhatWasComputed() {
    EngineOptions slow = // one prompt token a step
        EngineOptions.defaults(Fixture.MODEL).with(new EngineOptions.Sizes(1, 8, 0, 1, 1, 0, 1024));
    int[] prompt = IntStream.range(0, 500).map(i -> 100 + i).toArray();
    try (Engine engine = Fixture.open(slow)) {
      Generated cancelled;
      long id = 0;
      do { // again if this thread slept until the prompt was computed
        long stepsBefore = engine.stats().steps();
        engine.submit(GenerationRequest.greedy(++id, prompt, 12).ignoringEnd());
        while (engine.stats().steps() < stepsBefore + 3) {
          Thread.onSpinWait();
        }
        engine.cancel(id);
        cancelled = Generated.one(engine, id);
      } while (cancelled.outputTokens > 0 && id < 100);
      assertThat(cancelled.reason).isEqualTo(FinishReason.CANCELLED);
      assertThat(cancelled.promptTokens).isBetween(3, 499);
      assertThat(cancelled.outputTokens).isZero();
    }
  }

  @Test
  void cancelDuringDecodeKeepsEveryTokenBefore() {
    try (Engine engine = Fixture.openWithSmallRing(1, 0)) {
      engine.submit(GenerationRequest.greedy(1, PROMPT, 500).ignoringEnd());
      EventBuffer events = new EventBuffer(16);
      Map<Long, Generated> seen = new HashMap<>();
      while (seen.isEmpty() || Generated.of(seen, 1).ids.size() < 5) {
        engine.poll(events, Duration.ofSeconds(1));
        Generated.add(seen, events);
      }
      assertThat(engine.cancel(1)).isTrue();
      while (Generated.of(seen, 1).last == null) {
        engine.poll(events, Duration.ofSeconds(1));
        Generated.add(seen, events);
      }
      Generated cancelled = Generated.of(seen, 1);
      assertThat(cancelled.reason).isEqualTo(FinishReason.CANCELLED);
      assertThat(cancelled.outputTokens).isEqualTo(cancelled.ids.size()).isBetween(5, 499);
      assertThat(cancelled.overrunTokens).isZero();
      assertThat(cancelled.promptTokens).isEqualTo(PROMPT.length);
    }
  }

  /** Of the engine's own steps, read as soon as the cancel is in, one more at most is computed. */
  @Test
  void disconnectFreesTheSlotWithinOneStep() {
    int cut = 0;
    try (Engine engine = Fixture.open()) {
      for (long id = 1; id <= 100 && cut < 10; id++) { // more if this thread slept until the end
        long request = id;
        Map<Long, Generated> seen = new HashMap<>();
        engine.submit(GenerationRequest.greedy(id, PROMPT, 500).ignoringEnd());
        Generated.until(engine, seen, some -> !some.isEmpty());
        boolean ran = engine.cancel(id);
        long steps = engine.stats().steps();
        Generated.until(engine, seen, some -> ended(some, request));
        if (ran) {
          EngineStats after = engine.stats();
          assertThat(after.steps()).isBetween(steps, steps + 1);
          assertThat(after.running()).isZero();
          assertThat(after.kvTokensUsed()).isZero();
          cut += Generated.of(seen, id).reason == FinishReason.CANCELLED ? 1 : 0;
        }
      }
    }
    assertThat(cut).isEqualTo(10);
  }

  @Test
  void cancelAfterFinishIsHarmless() {
    try (Engine engine = Fixture.open()) {
      engine.submit(GenerationRequest.greedy(1, PROMPT, 3));
      Generated.one(engine, 1);
      assertThat(engine.cancel(1)).isFalse();
      engine.submit(GenerationRequest.greedy(1, PROMPT, 3)); // its id is free again
      assertThat(Generated.one(engine, 1).outputTokens).isEqualTo(3);
    }
  }

  @Test
  void cancelOfAnUnknownRequestIsFalse() {
    try (Engine engine = Fixture.open()) {
      assertThat(engine.cancel(99)).isFalse();
    }
  }

  @Test
  void secondCancelYieldsNoSecondEnd() {
    try (Engine engine = Fixture.openWithSmallRing(1, 0)) {
      engine.submit(GenerationRequest.greedy(1, PROMPT, 500).ignoringEnd());
      engine.cancel(1);
      engine.cancel(1);
      assertThat(Generated.one(engine, 1).reason).isEqualTo(FinishReason.CANCELLED);
      engine.submit(GenerationRequest.greedy(2, PROMPT, 2));
      assertThat(Generated.one(engine, 2).reason).isEqualTo(FinishReason.LENGTH);
    }
  }

  @Test
  void cancelOfOneLeavesOthersRunning() {
    Fixture.Case example = Fixture.cases().getFirst();
    try (Engine engine = Fixture.openWithSmallRing(8, 0)) {
      int tokens = example.greedy().size();
      for (long id = 1; id <= 8; id++) {
        engine.submit(
            GenerationRequest.greedy(id, example.promptIds(), id % 2 == 0 ? 400 : tokens)
                .ignoringEnd());
      }
      for (long id = 2; id <= 8; id += 2) {
        engine.cancel(id);
      }
      List<Generated> all = Generated.all(engine, 1, 2, 3, 4, 5, 6, 7, 8);
      for (Generated one : all) {
        if (one.id % 2 == 0) {
          assertThat(one.reason).isEqualTo(FinishReason.CANCELLED);
        } else {
          assertThat(one.ids).isEqualTo(example.greedy());
        }
      }
      assertThat(engine.stats().running()).isZero();
      assertThat(engine.stats().kvTokensUsed()).isZero();
    }
  }

  @Test
  void deadlineEndsWaitingAndRunningRequests() {
    try (Engine engine = Fixture.openWithSmallRing(1, 8)) {
      GenerationRequest endless = GenerationRequest.greedy(1, PROMPT, 500).ignoringEnd();
      engine.submit(endless.withDeadline(Duration.ofMillis(5)));
      engine.submit(
          GenerationRequest.greedy(2, PROMPT, 500).withDeadline(Duration.ofNanos(1)).ignoringEnd());
      List<Generated> both = Generated.all(engine, 1, 2);
      assertThat(both.get(0).reason).isEqualTo(FinishReason.DEADLINE);
      assertThat(both.get(0).outputTokens).isLessThan(500);
      assertThat(both.get(1).reason).isEqualTo(FinishReason.DEADLINE);
      assertThat(both.get(1).promptTokens).isZero();
    }
  }

  private static boolean ended(Map<Long, Generated> seen, long id) {
    Generated generated = seen.get(id);
    return generated != null && generated.last != null;
  }
}
