package io.r1platform.billing.prices;

/** The four things a token can be; the order is that of every list and line. */
public enum Sku {
  /** Prompt token found in the cache. */
  HIT,
  /** Prompt token computed. */
  MISS,
  /** Output token up to and including the end of the reasoning. */
  REASONING,
  /** Output token after it. */
  ANSWER
}
