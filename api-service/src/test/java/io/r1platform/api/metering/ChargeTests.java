package io.r1platform.api.metering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r1platform.api.money.Pico;
import io.r1platform.api.prices.Price;
import io.r1platform.api.prices.Tokens;
import io.r1platform.api.prices.UnitPrices;
import org.junit.jupiter.api.Test;

class ChargeTests {
  private static final Price LIST =
      new Price(
          "1",
          "ab".repeat(32),
          "USD",
          new UnitPrices(
              new Pico(140_000), new Pico(550_000), new Pico(2_190_000), new Pico(2_190_000)));

  @Test
  void chargesPromptAndEveryOutputToken() {
    Charge charge = Charge.of(new Tokens(768, 44, 1203, 247), 32_768, LIST);
    assertThat(charge.amount().decimal()).isEqualTo("0.00330722");
    assertThat(charge.waiver()).isEqualTo(Waiver.NONE);
    assertThat(charge.waivedInput() + charge.waivedOutput()).isZero();
  }

  @Test
  void chargesNothingWithoutAnOutputToken() {
    Charge charge = Charge.of(new Tokens(768, 44, 0, 0), 100, LIST);
    assertThat(charge.amount()).isEqualTo(Pico.ZERO);
    assertThat(charge.charged()).isEqualTo(Tokens.NONE);
    assertThat(charge.waivedInput()).isEqualTo(812);
    assertThat(charge.waiver()).isEqualTo(Waiver.NO_OUTPUT);
  }

  @Test
  void waivesWhatTheEngineGeneratedBeyondTheCap() {
    Charge charge = Charge.of(new Tokens(0, 10, 90, 5), 80, LIST);
    assertThat(charge.charged()).isEqualTo(new Tokens(0, 10, 80, 0));
    assertThat(charge.waivedOutput()).isEqualTo(15);
    assertThat(charge.waiver()).isEqualTo(Waiver.OVERRUN);
    assertThat(charge.amount().value()).isEqualTo(10 * 550_000 + 80 * 2_190_000);
  }

  @Test
  void failsRatherThanWrapAround() {
    var dear = new UnitPrices(new Pico(0), new Pico(0), new Pico(Long.MAX_VALUE / 2), new Pico(0));
    var price = new Price("1", "ab".repeat(32), "USD", dear);
    assertThatThrownBy(() -> Charge.of(new Tokens(0, 0, 3, 0), 100, price))
        .isInstanceOf(ArithmeticException.class);
  }
}
