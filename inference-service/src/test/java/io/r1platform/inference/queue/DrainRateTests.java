package io.r1platform.inference.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class DrainRateTests {
  private static final Instant START = Instant.ofEpochSecond(1_000);
  private final DrainRate rate = new DrainRate(START);

  private void steady(int seconds, int requests, long cost) {
    for (int second = 0; second < seconds; second++) {
      for (int i = 0; i < requests; i++) {
        rate.left(START.plusSeconds(second), cost);
      }
    }
  }

  @Test
  void tellsWhenEnoughHasLeft() {
    steady(100, 2, 50);
    Instant now = START.plusSeconds(99);
    assertThat(rate.requestsPerSecond(now)).isEqualTo(2);
    assertThat(rate.tokensPerSecond(now)).isEqualTo(100);
    assertThat(rate.retryAfter(now, 5, 0)).isEqualTo(Duration.ofSeconds(3));
    assertThat(rate.retryAfter(now, 1, 1_250)).isEqualTo(Duration.ofSeconds(13));
  }

  @Test
  void forgetsWhatLeftMoreThanAMinuteAgo() {
    steady(10, 2, 50);
    assertThat(rate.requestsPerSecond(START.plusSeconds(10))).isEqualTo(2);
    assertThat(rate.requestsPerSecond(START.plusSeconds(30))).isLessThan(1);
    assertThat(rate.requestsPerSecond(START.plusSeconds(70))).isZero();
  }

  @Test
  void isAtLeastASecondAndAtMostAMinute() {
    steady(100, 2, 50);
    Instant now = START.plusSeconds(99);
    assertThat(rate.retryAfter(now, 1, -5)).isEqualTo(Duration.ofSeconds(1));
    assertThat(rate.retryAfter(now, 100_000, 0)).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void saysTenSecondsWhenNothingLeaves() {
    assertThat(rate.retryAfter(START, 1, 0)).isEqualTo(Duration.ofSeconds(10));
  }
}
