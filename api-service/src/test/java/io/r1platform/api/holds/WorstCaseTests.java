package io.r1platform.api.holds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r1platform.api.money.Pico;
import io.r1platform.api.prices.Tokens;
import io.r1platform.api.prices.UnitPrices;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a request may cost at most. */
class WorstCaseTests {
  @Test
  void coversEveryCountThatFitsItsBounds() {
    var random = new Random(11);
    for (int i = 0; i < 20_000; i++) {
      var unit = new UnitPrices(price(random), price(random), price(random), price(random));
      int bytes = random.nextInt(500);
      int cap = random.nextInt(500);
      int choices = 1 + random.nextInt(8);
      WorstCase worst = WorstCase.of(bytes, cap, unit).withChoices(choices);
      int prompt = random.nextInt(bytes + 1);
      int hit = random.nextInt(prompt + 1);
      int output = random.nextInt(choices * cap + 1);
      int reasoning = random.nextInt(output + 1);
      var tokens = new Tokens(hit, prompt - hit, reasoning, output - reasoning);
      assertThat(unit.cost(tokens).value()).isLessThanOrEqualTo(worst.amount().value());
    }
  }

  @Test
  void theLargestCapFitsAndTheNextDoesNot() {
    var random = new Random(12);
    for (int i = 0; i < 20_000; i++) {
      var worst =
          new WorstCase(
              random.nextInt(100),
              1 + random.nextInt(100),
              1 + random.nextInt(8),
              random.nextInt(9),
              1 + random.nextInt(9));
      long money = random.nextInt(2_000);
      int cap = worst.largestCap(BigInteger.valueOf(money), worst.maxTokens());
      if (cap > 0) {
        assertThat(worst.withMaxTokens(cap).amount().value()).isLessThanOrEqualTo(money);
      }
      if (cap < worst.maxTokens()) {
        assertThat(worst.withMaxTokens(cap + 1).amount().value()).isGreaterThan(money);
      }
    }
  }

  @Test
  void freeTokensHaveNoBound() {
    var free = new WorstCase(10, 500, 1, 0, 0);
    assertThat(free.amount()).isEqualTo(Pico.ZERO);
    assertThat(free.largestCap(BigInteger.ZERO, 500)).isEqualTo(500);
  }

  @Test
  void moreThanAChargeCanSayIsAnError() {
    var absurd = new WorstCase(1, Integer.MAX_VALUE, 1, 1, Long.MAX_VALUE / 2);
    assertThatThrownBy(absurd::amount).isInstanceOf(ArithmeticException.class);
  }

  private static Pico price(Random random) {
    return new Pico(random.nextInt(3_000_000));
  }
}
