package io.r1platform.billing.adjustments;

import io.r1platform.billing.prices.Tiers;
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a month's tokens of one price list, model, SKU and window cost at their tiers, less what the
 * requests were charged at the first tier. Versions of the list that followed each other count on.
 */
final class MonthTiers {
  /**
   * The month's tokens under one version.
   *
   * @param tokens how many, not negative
   * @param unitPico that version's first tier
   * @param tiers its later ones; null: none
   */
  record Part(BigInteger tokens, long unitPico, @Nullable Tiers tiers) {}

  private MonthTiers() {}

  /**
   * The difference in pico; below 0 is a discount, above 0 the rest of a package.
   *
   * <p>GRADUATED: a token's tier is its place in the month, those of earlier versions first.
   * VOLUME: all tokens of a version are at the tier that the whole month reached in it. PACKAGE:
   * the month is rounded up once, by the last version that had tokens.
   *
   * @param parts by the versions' begin
   */
  static BigInteger difference(List<Part> parts) {
    List<Part> used = parts.stream().filter(part -> part.tokens.signum() != 0).toList();
    BigInteger month = used.stream().map(Part::tokens).reduce(BigInteger.ZERO, BigInteger::add);
    BigInteger difference = BigInteger.ZERO;
    BigInteger before = BigInteger.ZERO;
    for (Part part : used) {
      BigInteger after = before.add(part.tokens);
      if (part.tiers != null) {
        difference = difference.add(difference(part, part.tiers, before, after, month));
      }
      before = after;
    }
    return difference;
  }

  private static BigInteger difference(
      Part part, Tiers tiers, BigInteger before, BigInteger after, BigInteger month) {
    BigInteger unit = BigInteger.valueOf(part.unitPico);
    return switch (tiers.kind()) {
      case GRADUATED ->
          tiers
              .total(after, part.unitPico)
              .subtract(tiers.total(before, part.unitPico))
              .subtract(part.tokens.multiply(unit));
      case VOLUME ->
          part.tokens.multiply(
              BigInteger.valueOf(tiers.unitAt(month, part.unitPico)).subtract(unit));
      case PACKAGE -> after.equals(month) ? tiers.remainder(month).multiply(unit) : BigInteger.ZERO;
    };
  }
}
