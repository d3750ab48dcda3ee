package io.r1platform.billing.prices;

/** The things a token can be; the order is that of every list and line. */
public enum Sku {
  /** Prompt token found in the cache. */
  HIT(0),
  /** Prompt token computed. */
  MISS(1),
  /** Output token up to and including the end of the reasoning. */
  REASONING(2),
  /** Output token after it. */
  ANSWER(3),
  /** The same four of a request in a batch; half the price where a version does not say. */
  HIT_BATCH(4),
  MISS_BATCH(5),
  REASONING_BATCH(6),
  ANSWER_BATCH(7);

  /** How many kinds of token a request has. */
  static final int KINDS = 4;

  private final int place;

  Sku(int place) {
    this.place = place;
  }

  /** Its place in a row of prices, from 0; a batch twin is {@link #KINDS} further. */
  int place() {
    return place;
  }

  /** Whether it is of a batch. */
  public boolean isBatch() {
    return place >= KINDS;
  }
}
