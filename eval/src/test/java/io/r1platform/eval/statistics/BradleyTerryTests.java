package io.r1platform.eval.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.r1platform.eval.statistics.BradleyTerry.Comparison;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BradleyTerryTests {
  private static final double EXACT = 1e-6;

  @Test
  void twoItemsHaveTheRatioOfTheirWins() {
    BradleyTerry fit = BradleyTerry.fit(2, comparisons(0, 1, 3, 1));

    assertThat(fit.strengths()[0] / fit.strengths()[1]).isCloseTo(3, within(EXACT));
    assertThat(fit.converged()).isTrue();
    assertThat(fit.regularised()).isFalse();
  }

  /** Where the shares are those of strengths 4, 2 and 1 exactly, the likelihood peaks there. */
  @Test
  void findsTheStrengthsThatExplainTheSharesExactly() {
    var all = new ArrayList<Comparison>();
    all.addAll(comparisons(0, 1, 4, 2));
    all.addAll(comparisons(0, 2, 4, 1));
    all.addAll(comparisons(1, 2, 2, 1));

    double[] strengths = BradleyTerry.fit(3, all).strengths();

    assertThat(strengths[0]).isCloseTo(2, within(EXACT)); // their geometric mean is 1
    assertThat(strengths[1]).isCloseTo(1, within(EXACT));
    assertThat(strengths[2]).isCloseTo(0.5, within(EXACT));
  }

  @Test
  void aTieIsHalfAWinForEach() {
    var ties = List.of(new Comparison(0, 1, 0.5), new Comparison(0, 1, 0.5));
    var wins = comparisons(0, 1, 1, 1);

    assertThat(BradleyTerry.fit(2, ties).strengths())
        .containsExactly(BradleyTerry.fit(2, wins).strengths(), within(EXACT));
  }

  @Test
  void staysFiniteWhereSomebodyLostEverything() {
    BradleyTerry fit = BradleyTerry.fit(2, comparisons(0, 1, 5, 0));

    assertThat(fit.regularised()).isTrue();
    assertThat(fit.converged()).isTrue();
    assertThat(fit.strengths()[0]).isGreaterThan(1).isFinite();
    assertThat(fit.strengths()[1]).isPositive();
  }

  @Test
  void doesNotDependOnTheOrderOfTheComparisons() {
    var all = new ArrayList<>(comparisons(0, 1, 7, 3));
    all.addAll(comparisons(1, 2, 6, 5));
    all.addAll(comparisons(2, 0, 2, 9));
    double[] first = BradleyTerry.fit(3, all).strengths();
    Collections.shuffle(all, new Random(1));

    assertThat(BradleyTerry.fit(3, all).strengths()).containsExactly(first, within(EXACT));
  }

  @Test
  void ranksSeventyEightItemsOfThreeThousandPairs() {
    var random = new Random(1);
    var all = new ArrayList<Comparison>();
    for (int i = 0; i < 78; i++) {
      for (int j = 0; j < i; j++) {
        double chance = 1 / (1 + Math.exp((i - j) / 10.0)); // lower numbers are stronger
        all.add(new Comparison(i, j, random.nextDouble() < chance ? 1 : 0));
      }
    }
    BradleyTerry fit = BradleyTerry.fit(78, all);
    double[] truth = new double[78];
    for (int i = 0; i < 78; i++) {
      truth[i] = -i;
    }

    assertThat(all).hasSize(3_003);
    assertThat(fit.converged()).isTrue();
    assertThat(KendallTau.tauB(fit.strengths(), truth)).isGreaterThan(0.85);
  }

  private static List<Comparison> comparisons(int first, int second, int won, int lost) {
    var all = new ArrayList<Comparison>();
    all.addAll(Collections.nCopies(won, new Comparison(first, second, 1)));
    all.addAll(Collections.nCopies(lost, new Comparison(first, second, 0)));
    return all;
  }
}
