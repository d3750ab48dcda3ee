package io.r1platform.api.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Objects;
import org.junit.jupiter.api.Test;

class TokenGapsTests {
  private static final long MILLI = 1_000_000;

  @Test
  void percentilesAreRightWithinAnEighth() {
    var gaps = new TokenGaps();
    long now = 5;
    gaps.seen(1, now);
    for (int token = 2; token <= 101; token++) {
      now += token <= 91 ? 20 * MILLI : 200 * MILLI;
      gaps.seen(token, now);
    }
    assertThat(micros(gaps, 0.5)).isCloseTo(20_000, within(2_500.0));
    assertThat(micros(gaps, 0.95)).isCloseTo(200_000, within(25_000.0));
  }

  @Test
  void tokensThatComeTogetherShareTheirTime() {
    var gaps = new TokenGaps();
    gaps.seen(1, 0);
    gaps.seen(5, 40 * MILLI);
    assertThat(micros(gaps, 0.5)).isCloseTo(10_000, within(1_250.0));
  }

  @Test
  void oneTokenHasNoGapAndAStallOfHoursCounts() {
    var gaps = new TokenGaps();
    assertThat(gaps.percentileMicros(0.5)).isNull();
    gaps.seen(1, 0);
    gaps.seen(1, 7 * MILLI);
    assertThat(gaps.percentileMicros(0.5)).isNull();
    gaps.seen(2, 7_200_000 * MILLI);
    assertThat(gaps.percentileMicros(0.95)).isGreaterThan(50_000_000);
  }

  private static double micros(TokenGaps gaps, double share) {
    return Objects.requireNonNull(gaps.percentileMicros(share)).doubleValue();
  }
}
