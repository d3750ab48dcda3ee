package io.r1platform.api.metering;

import io.r1platform.api.money.Pico;
import io.r1platform.api.prices.Price;
import io.r1platform.api.prices.Tokens;

/**
 * What a request costs. The rule: without an output token nothing; else the prompt and every output
 * token up to the cap.
 *
 * @param charged the tokens that are paid
 * @param waivedInput prompt tokens that are not
 * @param waivedOutput output tokens that are not
 * @param waiver why
 * @param amount the price of {@code charged}
 */
public record Charge(
    Tokens charged, int waivedInput, int waivedOutput, Waiver waiver, Pico amount) {

  static Charge of(Tokens generated, int outputCap, Price price) {
    if (generated.output() == 0) {
      return new Charge(Tokens.NONE, generated.input(), 0, Waiver.NO_OUTPUT, Pico.ZERO);
    }
    int over = Math.max(0, generated.output() - outputCap);
    if (over == 0) {
      return new Charge(generated, 0, 0, Waiver.NONE, price.cost(generated));
    }
    int fromAnswer = Math.min(over, generated.answer());
    Tokens charged =
        new Tokens(
            generated.hit(),
            generated.miss(),
            generated.reasoning() - (over - fromAnswer),
            generated.answer() - fromAnswer);
    return new Charge(charged, 0, over, Waiver.OVERRUN, price.cost(charged));
  }
}
