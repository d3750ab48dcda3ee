package io.r1platform.billing.prices;

import io.r1platform.billing.money.Pico;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A published version of a price list.
 *
 * @param versionId its number
 * @param name the list's name
 * @param currency ISO 4217
 * @param contentSha256 64 hex digits over everything that never changes
 * @param validFrom first moment it holds
 * @param validUntil first moment it no longer holds; null while open
 * @param reference true: for comparison, never charged
 * @param prices every price, in the order of model, SKU and window
 */
public record PriceVersion(
    long versionId,
    String name,
    String currency,
    String contentSha256,
    Instant validFrom,
    @Nullable Instant validUntil,
    boolean reference,
    List<Price> prices) {

  /**
   * One price.
   *
   * @param modelId the model
   * @param model its name
   * @param sku what is priced
   * @param window when it holds; 0 is "any time"
   * @param unit per token
   */
  public record Price(int modelId, String model, Sku sku, int window, Pico unit) {}

  /** Copies the list. */
  public PriceVersion {
    prices = List.copyOf(prices);
  }

  /** Whether a request admitted at {@code moment} may be charged by this version. */
  public boolean chargeableAt(Instant moment) {
    return !reference
        && !moment.isBefore(validFrom)
        && (validUntil == null || moment.isBefore(validUntil));
  }

  /**
   * What the tokens cost: count × unit price over the four SKUs, exact.
   *
   * @return empty when the version has no price for one of them
   * @throws ArithmeticException if the amount does not fit in a {@code long}
   */
  public Optional<Pico> rate(Charge charge) {
    Pico amount = Pico.ZERO;
    for (Sku sku : Sku.values()) {
      Optional<Pico> unit = unit(charge.modelId(), sku, charge.window());
      if (unit.isEmpty()) {
        return Optional.empty();
      }
      amount = amount.plus(unit.get().times(charge.tokens(sku)));
    }
    return Optional.of(amount);
  }

  private Optional<Pico> unit(int modelId, Sku sku, int window) {
    for (Price price : prices) {
      if (price.modelId == modelId && price.sku == sku && price.window == window) {
        return Optional.of(price.unit);
      }
    }
    return Optional.empty();
  }
}
