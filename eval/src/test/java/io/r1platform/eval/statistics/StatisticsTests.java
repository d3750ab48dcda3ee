package io.r1platform.eval.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatisticsTests {
  @Test
  void wilsonGivesThePublishedIntervals() {
    // E. B. Wilson 1927 as tabulated for n = 10: 9 of 10, and the ends that stay inside [0, 1]
    assertThat(Interval.wilson(9, 10).low()).isCloseTo(0.5958, within(1e-4));
    assertThat(Interval.wilson(9, 10).high()).isCloseTo(0.9821, within(1e-4));
    assertThat(Interval.wilson(10, 10).high()).isEqualTo(1);
    assertThat(Interval.wilson(10, 10).low()).isCloseTo(0.7225, within(1e-4));
    assertThat(Interval.wilson(0, 10).low()).isZero();
    assertThat(Interval.wilson(0, 0)).isEqualTo(new Interval(0, 0, 1));
  }

  @Test
  void tauIsOneForTheSameOrderAndMinusOneForTheReverse() {
    double[] up = {1, 2, 3, 4};
    double[] down = {4, 3, 2, 1};

    assertThat(KendallTau.tauB(up, up)).isEqualTo(1);
    assertThat(KendallTau.tauB(up, down)).isEqualTo(-1);
  }

  /** By hand: 10 pairs, concordant 7, discordant 3, no ties: 0.4. */
  @Test
  void tauCountsPairs() {
    double[] first = {1, 2, 3, 4, 5};
    double[] second = {3, 1, 2, 5, 4};

    assertThat(KendallTau.tauB(first, second)).isCloseTo(0.4, within(1e-12));
  }

  /**
   * By hand: of 6 pairs one is tied in the first and one, another, in the second; the other four
   * agree: 4 / sqrt(5 · 5).
   */
  @Test
  void tauBTakesTiesOutOfBothSides() {
    double[] first = {1, 1, 2, 3};
    double[] second = {1, 2, 3, 3};

    assertThat(KendallTau.tauB(first, second)).isCloseTo(0.8, within(1e-12));
  }

  @Test
  void tauIsNotANumberWhereEverythingIsTied() {
    assertThat(KendallTau.tauB(new double[] {1, 1}, new double[] {1, 2})).isNaN();
  }

  @Test
  void theBootstrapHoldsTheMeanAndRepeats() {
    double[] clusters = new double[200];
    Arrays.setAll(clusters, i -> i % 4 == 0 ? 0 : 1);
    Interval once = Bootstrap.mean(clusters, 7);

    assertThat(once.value()).isEqualTo(0.75);
    assertThat(once.low()).isBetween(0.67, 0.72); // 0.75 ± 1.96 · 0.0306
    assertThat(once.high()).isBetween(0.78, 0.83);
    assertThat(Bootstrap.mean(clusters, 7)).isEqualTo(once);
  }

  @Test
  void theBootstrapClaimsNoCertaintyWhereAllIsRight() {
    Interval all = Bootstrap.mean(new double[] {1, 1, 1, 1, 1}, 1);

    assertThat(all.value()).isEqualTo(1);
    assertThat(all.low()).isCloseTo(0.5655, within(1e-4)); // Wilson's of 5 out of 5
  }

  @Test
  void aFigureOfAListIsDrawnWithItsItems() {
    List<Double> items = List.of(1.0, 2.0, 3.0);
    Interval drawn =
        Bootstrap.of(
            items,
            list -> list.stream().mapToDouble(Double::doubleValue).average().orElse(0),
            1_000,
            1);

    assertThat(drawn.value()).isEqualTo(2);
    assertThat(drawn.low()).isBetween(1.0, 1.7);
    assertThat(drawn.high()).isBetween(2.3, 3.0);
  }
}
