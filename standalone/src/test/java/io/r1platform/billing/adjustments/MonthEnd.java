package io.r1platform.billing.adjustments;

import io.r1platform.billing.prices.PriceVersion;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Lets tests of the whole platform ask billing for a month's difference by tiers. */
public final class MonthEnd {
  private final List<MonthTiers.Part> parts = new ArrayList<>();

  /** Counts the month's tokens under one version's price, after those of the versions before. */
  public void add(long tokens, PriceVersion.Price price) {
    parts.add(new MonthTiers.Part(BigInteger.valueOf(tokens), price.unit().value(), price.tiers()));
  }

  /** What billing would post, in pico-dollars. */
  public BigInteger difference() {
    return MonthTiers.difference(parts);
  }
}
