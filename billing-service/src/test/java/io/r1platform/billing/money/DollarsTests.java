package io.r1platform.billing.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;

class DollarsTests {
  @Test
  void printsEveryPicoAndNoTrailingZero() {
    assertThat(Dollars.of(0)).isEqualTo("0");
    assertThat(Dollars.of(1)).isEqualTo("0.000000000001");
    assertThat(Dollars.of(6_600_000)).isEqualTo("0.0000066");
    assertThat(Dollars.of(100_000_000_000_000L)).isEqualTo("100");
    assertThat(Dollars.of(new BigInteger("-92233720368547758080")))
        .isEqualTo("-92233720.36854775808");
  }

  @Test
  void printsPricesAsListsDo() {
    assertThat(Dollars.perMillion(140_000)).isEqualTo("0.14");
    assertThat(Dollars.perMillion(60_000_000)).isEqualTo("60");
  }

  @Test
  void amountThatDoesNotFitIsAnError() {
    var most = new Pico(Long.MAX_VALUE);
    assertThatThrownBy(() -> most.plus(new Pico(1))).isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> most.times(2)).isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> new Pico(-1)).isInstanceOf(IllegalArgumentException.class);
  }
}
