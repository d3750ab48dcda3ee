package io.r1platform.api.prices;

import io.r1platform.api.money.Pico;

/** Price of one token of each class, for one model at one time of day. */
public record UnitPrices(Pico hit, Pico miss, Pico reasoning, Pico answer) {

  /** What {@code tokens} cost, exactly. */
  public Pico cost(Tokens tokens) {
    return hit.times(tokens.hit())
        .plus(miss.times(tokens.miss()))
        .plus(reasoning.times(tokens.reasoning()))
        .plus(answer.times(tokens.answer()));
  }

  /** The dearest a prompt token can be, cached or not: what a hold reckons with. */
  public Pico dearestInput() {
    return dearer(hit, miss);
  }

  /** The dearest an output token can be, reasoning or answer. */
  public Pico dearestOutput() {
    return dearer(reasoning, answer);
  }

  /** The least a prompt token can be. */
  public Pico cheapestInput() {
    return hit.value() <= miss.value() ? hit : miss;
  }

  /** The least an output token can be. */
  public Pico cheapestOutput() {
    return reasoning.value() <= answer.value() ? reasoning : answer;
  }

  /** Half of it, rounded up: what a batch pays where a version does not say. */
  UnitPrices halved() {
    return new UnitPrices(half(hit), half(miss), half(reasoning), half(answer));
  }

  private static Pico half(Pico price) {
    return new Pico(price.value() / 2 + price.value() % 2);
  }

  /** The dearer of both in each class. */
  UnitPrices worse(UnitPrices other) {
    return new UnitPrices(
        dearer(hit, other.hit),
        dearer(miss, other.miss),
        dearer(reasoning, other.reasoning),
        dearer(answer, other.answer));
  }

  private static Pico dearer(Pico a, Pico b) {
    return a.value() >= b.value() ? a : b;
  }
}
