package io.r1platform.api.prices;

import io.r1platform.api.money.Pico;

/** Price of one token of each class, for one model at any time of day. */
public record UnitPrices(Pico hit, Pico miss, Pico reasoning, Pico answer) {

  /** What {@code tokens} cost, exactly. */
  public Pico cost(Tokens tokens) {
    return hit.times(tokens.hit())
        .plus(miss.times(tokens.miss()))
        .plus(reasoning.times(tokens.reasoning()))
        .plus(answer.times(tokens.answer()));
  }
}
