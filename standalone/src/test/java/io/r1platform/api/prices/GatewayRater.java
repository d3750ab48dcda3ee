package io.r1platform.api.prices;

import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Lets tests of the whole platform ask a gateway what it charges, by an answer of billing. */
public final class GatewayRater {
  /**
   * What a gateway charges.
   *
   * @param heldPico what it would have held for the same tokens
   */
  public record Charged(long versionId, int window, long amountPico, long heldPico) {}

  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private final KnownPrices prices;

  /** Takes the body of {@code /internal/v1/prices}. */
  public GatewayRater(String answer) {
    prices = new KnownPrices(JSON.readValue(answer, PriceAnswer.class));
  }

  /** The charge; empty if the gateway refuses for want of a price. */
  public Optional<Charged> rate(
      long organizationId, int modelId, Instant at, boolean batch, Tokens tokens) {
    return prices
        .at(organizationId, modelId, at, batch)
        .map(
            price ->
                new Charged(
                    Long.parseLong(price.versionId()),
                    price.window(),
                    price.cost(tokens).value(),
                    price.worst().cost(tokens).value()));
  }
}
