package io.r1platform.billing.invoices;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RoundingTests {
  private static final MinorUnit CENT = MinorUnit.of("USD");

  @Test
  void theWholeIsRoundedHalfToEvenAndTheLargestRemaindersGetTheRest() {
    assertThat(share(3_333_000_000L, 3_333_000_000L, 3_334_000_000L)).containsExactly(0L, 0L, 1L);
    assertThat(share(5_000_000_000L)).as("half, to even").containsExactly(0L);
    assertThat(share(15_000_000_000L)).as("half, to even").containsExactly(2L);
    assertThat(share(5_000_000_000L, 5_000_000_000L)).as("the earlier").containsExactly(1L, 0L);
    assertThat(share(-5_000_000_001L)).containsExactly(-1L);
    assertThat(share(12_000_000_000L, -2_000_000_000L)).containsExactly(1L, 0L);
    assertThat(share()).isEmpty();
  }

  @Test
  void currenciesHaveTheirOwnUnit() {
    assertThat(MinorUnit.of("KRW").text(1_234)).isEqualTo("1234");
    assertThat(CENT.text(1_234)).isEqualTo("12.34");
    assertThat(CENT.text(-5)).isEqualTo("-0.05");
    assertThat(Rounding.minor(new BigInteger("1500000000000"), MinorUnit.of("KRW"))).isEqualTo(2);
  }

  @Test
  void taxIsOnTheRoundedNet() {
    assertThat(Rounding.tax(1_050, 100_000)).isEqualTo(105);
    assertThat(Rounding.tax(5, 100_000)).as("half, to even").isZero();
    assertThat(Rounding.tax(15, 100_000)).as("half, to even").isEqualTo(2);
    assertThat(Rounding.tax(-15, 100_000)).isEqualTo(-2);
  }

  @Test
  void partsAddUpToTheWholeAndNoneIsOffByAUnit() {
    var random = new Random(9);
    for (int round = 0; round < 2_000; round++) {
      var parts = new ArrayList<BigInteger>();
      int size = 1 + random.nextInt(40);
      for (int i = 0; i < size; i++) {
        parts.add(BigInteger.valueOf(random.nextLong(-40_000_000_000L, 90_000_000_000L)));
      }
      List<Long> minors = Rounding.share(parts, CENT);
      BigInteger whole = parts.stream().reduce(BigInteger.ZERO, BigInteger::add);
      assertThat(minors.stream().mapToLong(Long::longValue).sum())
          .as("round %d", round)
          .isEqualTo(Rounding.minor(whole, CENT));
      for (int i = 0; i < size; i++) {
        BigInteger off = CENT.picoOf(minors.get(i)).subtract(parts.get(i)).abs();
        assertThat(off).as("round %d, part %d", round, i).isLessThan(CENT.pico());
      }
    }
  }

  private static List<Long> share(long... parts) {
    return Rounding.share(LongStream.of(parts).mapToObj(BigInteger::valueOf).toList(), CENT);
  }
}
