package io.r1platform.billing.exports;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TotalsTests {
  @Test
  void sumsAreThoseOfBigDecimal() {
    var random = new Random(17);
    var totals = new Totals(1, 3);
    var expected = new TreeMap<String, BigDecimal>();
    for (int i = 0; i < 20_000; i++) {
      String currency = random.nextInt(3) == 0 ? "KRW" : "USD";
      BigDecimal amount =
          BigDecimal.valueOf(random.nextLong() >> random.nextInt(64), random.nextInt(19));
      if (random.nextInt(50) == 0) {
        amount = amount.multiply(new BigDecimal("1000000007.5"));
      }
      totals.add(line("\"a,\"\"b\nc\"," + amount.toPlainString() + ",x," + currency + ",\\N"));
      expected.merge(currency, amount, BigDecimal::add);
    }
    expected.replaceAll((currency, sum) -> sum.stripTrailingZeros());
    assertThat(totals.rows()).isEqualTo(20_000);
    assertThat(totals.sums()).isEqualTo(expected);
  }

  @Test
  void aSumBeyondALongIsExact() {
    var totals = new Totals(0, 1);
    for (int i = 0; i < 30; i++) {
      totals.add(line("999999.999999999999,USD"));
    }
    assertThat(totals.pico()).isEqualTo(Map.of("USD", "29999999999999999970"));
  }

  @Test
  void nullsAndRowsWithoutAmountsCountAsRows() {
    var totals = new Totals(0, 1);
    totals.add(line("\\N,USD"));
    totals.add(line(",USD"));
    assertThat(totals.pico()).isEqualTo(Map.of("USD", "0"));
    assertThat(totals.rows()).isEqualTo(2);
    var none = new Totals(-1, -1);
    none.add(line("a,b"));
    assertThat(none.pico()).isEmpty();
  }

  private static byte[] line(String text) {
    return (text + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
