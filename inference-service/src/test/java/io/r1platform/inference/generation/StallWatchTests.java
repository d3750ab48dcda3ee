package io.r1platform.inference.generation;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.testing.SettableClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class StallWatchTests {
  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-25T09:00:00Z"));
  private final StallWatch watch = new StallWatch(Duration.ofMinutes(2), clock.instant());

  private boolean stalledAfter(long seconds, boolean busy, boolean events, long steps) {
    clock.advance(Duration.ofSeconds(seconds));
    return watch.stalled(clock.instant(), busy, events, steps);
  }

  @Test
  void anEngineWithWorkThatStandsStillForTwoMinutesHangs() {
    assertThat(stalledAfter(1, true, true, 7)).isFalse();
    assertThat(stalledAfter(119, true, false, 7)).isFalse();
    assertThat(stalledAfter(1, true, false, 7)).isTrue();
  }

  @Test
  void aLongPromptThatIsComputedBatchByBatchDoesNotHang() {
    for (int step = 1; step < 100; step++) {
      assertThat(stalledAfter(119, true, false, step)).isFalse();
    }
  }

  @Test
  void anIdleEngineDoesNotHangHoweverLongAndNewWorkGetsItsWholeTime() {
    assertThat(stalledAfter(10_000, false, false, 7)).isFalse();
    assertThat(stalledAfter(119, true, false, 7)).isFalse();
    assertThat(stalledAfter(1, true, false, 7)).isTrue();
  }

  @Test
  void eventsAloneShowThatItMoves() {
    assertThat(stalledAfter(1, true, false, 7)).isFalse();
    assertThat(stalledAfter(119, true, true, 7)).isFalse();
    assertThat(stalledAfter(119, true, false, 7)).isFalse();
    assertThat(stalledAfter(1, true, false, 7)).isTrue();
  }
}
