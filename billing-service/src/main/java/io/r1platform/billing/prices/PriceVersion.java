package io.r1platform.billing.prices;

import io.r1platform.billing.money.Pico;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A version of a price list, published or a draft.
 *
 * @param versionId its number
 * @param tenantId whose contract it is; null: a public list
 * @param name the list's name
 * @param currency ISO 4217
 * @param contentSha256 64 hex digits over everything that never changes; empty for a draft
 * @param validFrom first moment it holds
 * @param validUntil first moment it no longer holds; null while open
 * @param reference true: for comparison, never charged
 * @param windows by number
 * @param prices every price, in the order of model, SKU and window
 */
public record PriceVersion(
    long versionId,
    @Nullable Long tenantId,
    String name,
    String currency,
    String contentSha256,
    Instant validFrom,
    @Nullable Instant validUntil,
    boolean reference,
    List<PriceWindow> windows,
    List<Price> prices) {

  /**
   * One price.
   *
   * @param modelId the model
   * @param model its name
   * @param sku what is priced
   * @param window when it holds; 0 is "any time that no window covers"
   * @param unit per token, what requests are charged at
   * @param list per token, the public price of the same; not charged
   * @param tiers what changes with the month's sum; null: nothing
   */
  public record Price(
      int modelId,
      String model,
      Sku sku,
      int window,
      Pico unit,
      Pico list,
      @Nullable Tiers tiers) {}

  /** Copies the lists. */
  public PriceVersion {
    windows = List.copyOf(windows);
    prices = List.copyOf(prices);
  }

  /** Whether it is published; a draft may still change. */
  public boolean isPublished() {
    return !contentSha256.isEmpty();
  }

  /** Whether a request admitted at {@code moment} may be charged by this version. */
  public boolean chargeableAt(Instant moment) {
    return !reference
        && !moment.isBefore(validFrom)
        && (validUntil == null || moment.isBefore(validUntil));
  }

  /** Whether it has a price of this model. */
  public boolean prices(int modelId) {
    return prices.stream().anyMatch(price -> price.modelId == modelId);
  }
}
