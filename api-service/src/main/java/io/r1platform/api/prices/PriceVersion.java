package io.r1platform.api.prices;

/**
 * A version of the price book, by name.
 *
 * @param versionId billing's id
 * @param currency three letters
 */
public record PriceVersion(String versionId, String currency) {
  /** As tenants see it, for instance {@code pv_17}. */
  public String publicVersion() {
    return "pv_" + versionId;
  }
}
