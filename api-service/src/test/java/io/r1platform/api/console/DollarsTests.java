package io.r1platform.api.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;

class DollarsTests {
  @Test
  void saysEveryPicoAndNoMore() {
    assertThat(dollars("0")).isEqualTo("0");
    assertThat(dollars("1")).isEqualTo("0.000000000001");
    assertThat(dollars("3307220000")).isEqualTo("0.00330722");
    assertThat(dollars("100000000000000")).isEqualTo("100");
    assertThat(dollars("123456789012345678901234567890"))
        .isEqualTo("123456789012345678.90123456789");
  }

  private static String dollars(String pico) {
    return Dollars.of(new BigInteger(pico));
  }
}
