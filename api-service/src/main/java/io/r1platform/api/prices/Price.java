package io.r1platform.api.prices;

import io.r1platform.api.money.Pico;

/**
 * The price of one model for one request, frozen.
 *
 * @param versionId billing's id of the price version
 * @param contentSha256 hash of the version's content, 64 hex digits
 * @param currency three letters
 * @param unit price per token
 * @param window the time window that holds in that version; 0: none
 * @param worst the dearest price of each class in any window of that version
 * @param batch whether it is the price of a line of a batch
 */
public record Price(
    String versionId,
    String contentSha256,
    String currency,
    UnitPrices unit,
    int window,
    UnitPrices worst,
    boolean batch) {

  /** A price outside of any window, of a version without windows. */
  public Price(String versionId, String contentSha256, String currency, UnitPrices unit) {
    this(versionId, contentSha256, currency, unit, 0, unit);
  }

  /** A price of a request that is no line of a batch. */
  public Price(
      String versionId,
      String contentSha256,
      String currency,
      UnitPrices unit,
      int window,
      UnitPrices worst) {
    this(versionId, contentSha256, currency, unit, window, worst, false);
  }

  /** What {@code tokens} cost, exactly. */
  public Pico cost(Tokens tokens) {
    return unit.cost(tokens);
  }

  /** The version as tenants see it, for instance {@code pv_17}. */
  public String publicVersion() {
    return "pv_" + versionId;
  }
}
