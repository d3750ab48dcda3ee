package io.r1platform.api.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PicoTests {

  @Test
  void writesDecimalsWithoutExponentOrTrailingZeros() {
    assertThat(new Pico(0).decimal()).isEqualTo("0");
    assertThat(new Pico(1).decimal()).isEqualTo("0.000000000001");
    assertThat(new Pico(3_307_220_000L).decimal()).isEqualTo("0.00330722");
    assertThat(new Pico(1_000_000_000_000L).decimal()).isEqualTo("1");
    assertThat(new Pico(12_340_000_000_000L).decimal()).isEqualTo("12.34");
    assertThat(new Pico(Long.MAX_VALUE).decimal()).isEqualTo("9223372.036854775807");
  }

  @Test
  void agreesWithBigDecimalOnAnyAmount() {
    var random = new Random(20261122);
    for (int i = 0; i < 10_000; i++) {
      long value = random.nextLong() >>> (1 + random.nextInt(62));
      String expected = BigDecimal.valueOf(value, 12).stripTrailingZeros().toPlainString();
      assertThat(new Pico(value).decimal()).isEqualTo(expected);
    }
  }

  @Test
  void failsRatherThanWrapAround() {
    assertThatThrownBy(() -> new Pico(Long.MAX_VALUE).plus(new Pico(1)))
        .isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> new Pico(Long.MAX_VALUE).times(2))
        .isInstanceOf(ArithmeticException.class);
    assertThatIllegalArgumentException().isThrownBy(() -> new Pico(-1));
  }
}
