package io.r1platform.billing.prices;

import java.math.BigInteger;
import java.util.List;

/**
 * How a month's tokens of one SKU and window are priced beyond the first tier, which is the unit
 * price that requests are charged at.
 *
 * @param kind how tiers count
 * @param steps the later tiers by rising {@code from}; empty for PACKAGE
 * @param block tokens of a package; 0 for the others
 */
public record Tiers(Kind kind, List<Step> steps, long block) {
  /** How tiers count. */
  public enum Kind {
    /** Each token at the price of the tier it falls in. */
    GRADUATED,
    /** All tokens at the price of the tier that was reached. */
    VOLUME,
    /** Blocks at the unit price; one that was begun is paid in full. */
    PACKAGE
  }

  /**
   * A later tier.
   *
   * @param from tokens after which it holds: token number {@code from + 1} is its first
   * @param unitPico pico-dollars per token
   */
  public record Step(long from, long unitPico) {}

  /**
   * Copies and checks.
   *
   * @throws IllegalArgumentException if the parts do not fit the kind, or do not rise
   */
  public Tiers {
    steps = List.copyOf(steps);
    boolean sound =
        (kind == Kind.PACKAGE) == steps.isEmpty() && (kind == Kind.PACKAGE) == block > 0;
    long before = 0;
    for (Step step : steps) {
      sound &= step.from > before && step.unitPico >= 0;
      before = step.from;
    }
    if (!sound) {
      throw new IllegalArgumentException("no tiers: " + kind + steps + block);
    }
  }

  /** What so many tokens cost in a month, where {@code unitPico} is the first tier's price. */
  public BigInteger total(BigInteger tokens, long unitPico) {
    return switch (kind) {
      case GRADUATED -> graduated(tokens, unitPico);
      case VOLUME -> tokens.multiply(BigInteger.valueOf(unitAt(tokens, unitPico)));
      case PACKAGE -> {
        BigInteger[] blocks = tokens.divideAndRemainder(BigInteger.valueOf(block));
        BigInteger begun = blocks[1].signum() == 0 ? blocks[0] : blocks[0].add(BigInteger.ONE);
        yield begun.multiply(BigInteger.valueOf(block)).multiply(BigInteger.valueOf(unitPico));
      }
    };
  }

  /** Tokens of the last package that were not used but are paid; 0 for the other kinds. */
  public BigInteger remainder(BigInteger tokens) {
    return kind == Kind.PACKAGE ? tokens.negate().mod(BigInteger.valueOf(block)) : BigInteger.ZERO;
  }

  private BigInteger graduated(BigInteger tokens, long unitPico) {
    BigInteger total = BigInteger.ZERO;
    BigInteger begin = BigInteger.ZERO;
    long unit = unitPico;
    for (Step step : steps) {
      BigInteger end = tokens.min(BigInteger.valueOf(step.from));
      total = total.add(end.subtract(begin).multiply(BigInteger.valueOf(unit)));
      begin = end;
      unit = step.unitPico;
    }
    return total.add(tokens.subtract(begin).multiply(BigInteger.valueOf(unit)));
  }

  /**
   * The price of the tier that so many tokens reach, in pico-dollars per token; of PACKAGE always
   * the unit price.
   */
  public long unitAt(BigInteger tokens, long unitPico) {
    long unit = unitPico;
    for (Step step : steps) {
      if (tokens.compareTo(BigInteger.valueOf(step.from)) > 0) {
        unit = step.unitPico;
      }
    }
    return unit;
  }
}
