package io.r1platform.api.relay;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.holds.WorstCase;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.money.Pico;
import io.r1platform.api.prices.Price;
import io.r1platform.api.prices.Prices;
import io.r1platform.api.upstreams.Catalogue;
import io.r1platform.api.upstreams.ModelCard;
import io.r1platform.api.upstreams.ServedModel;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * On what terms a request would run now. A quote and an admission ask here, so that they agree.
 * Memory only.
 */
@Component
final class Offers {
  private static final int SHOWN = 64;

  private final Catalogue catalogue;
  private final Prices prices;

  /**
   * The terms of one request.
   *
   * @param model what serves it
   * @param card what its server says of that
   * @param price frozen at the moment of the offer
   * @param worst what must be held for it
   */
  record Offer(ServedModel model, ModelCard card, Price price, WorstCase worst) {}

  Offers(Catalogue catalogue, Prices prices) {
    this.catalogue = catalogue;
    this.prices = prices;
  }

  /** The model of this name or alias, if the caller may use it. Else 404 model_not_found. */
  ServedModel model(Caller caller, String name) {
    return catalogue
        .find(name)
        .filter(model -> caller.mayUse(model.name()))
        .orElseThrow(() -> notFound(name));
  }

  /**
   * Refuses a model of this site that is not this caller's, like one that does not exist; also one
   * that is served no more, since answers of it are kept.
   */
  void refuseForeign(Caller caller, String name) {
    if (catalogue.canonical(name).filter(model -> !caller.mayUse(model)).isPresent()) {
      throw notFound(name);
    }
  }

  /** The terms at a moment of a body of so many bytes, or throws why there are none. */
  Offer of(Caller caller, ChatRequest request, int bodyBytes, Instant now) {
    return of(caller, request, bodyBytes, now, false);
  }

  /** The same, as a line of a batch or not. */
  Offer of(Caller caller, ChatRequest request, int bodyBytes, Instant now, boolean batch) {
    ServedModel model = model(caller, request.model());
    ModelCard card = catalogue.card(model).orElseThrow(Offers::unavailable);
    Optional<Price> known =
        batch
            ? prices.ofBatch(caller.organizationId(), model.id(), now)
            : prices.at(caller.organizationId(), model.id(), now);
    Price price = known.orElseThrow(() -> withoutPrice(model));
    WorstCase worst = worstCase(request, cap(request, card), request.promptBound(bodyBytes), price);
    return new Offer(model, card, price, worst);
  }

  /** The caller's {@code max_cost} lowers the cap to what it buys beside the whole prompt. */
  private static WorstCase worstCase(ChatRequest request, int cap, int prompt, Price price) {
    WorstCase worst = WorstCase.of(prompt, cap, price.worst()).withChoices(request.choices());
    Pico most = request.maxCost();
    if (most == null) {
      return worst;
    }
    int fits = worst.largestCap(BigInteger.valueOf(most.value()), cap);
    if (fits < 1) {
      throw ServiceException.about(
          ErrorCode.MAX_COST_TOO_LOW,
          "max_cost",
          "'max_cost' does not buy one token of each answer beside the prompt: that takes %s."
              .concat(" Nothing was charged.")
              .formatted(worst.withMaxTokens(1).amount().decimal()));
    }
    return worst.withMaxTokens(fits);
  }

  private static int cap(ChatRequest request, ModelCard card) {
    Integer wanted = request.maxTokens();
    if (wanted == null) {
      return card.default_max_tokens();
    }
    if (wanted > card.max_output_tokens()) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE,
          "max_tokens",
          "'max_tokens' is above this model's maximum of %d. Nothing was charged."
              .formatted(card.max_output_tokens()));
    }
    return wanted;
  }

  private static ServiceException notFound(String model) {
    String shown = model.length() > SHOWN ? model.substring(0, SHOWN) : model;
    return ServiceException.about(
        ErrorCode.MODEL_NOT_FOUND,
        "model",
        "The model '%s' does not exist or this key may not use it.".formatted(shown));
  }

  private ServiceException withoutPrice(ServedModel model) {
    return prices.areKnown()
        ? ServiceException.withoutPrice(model.name())
        : ServiceException.meteringUnavailable();
  }

  private static ServiceException unavailable() {
    return ServiceException.later(
        ErrorCode.ENGINE_UNAVAILABLE,
        Duration.ofSeconds(2),
        "The engine of this model is not there yet. Nothing was charged. Send it again.");
  }
}
