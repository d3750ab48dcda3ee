package io.r1platform.api.relay;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.money.Pico;
import io.r1platform.api.prices.Price;
import io.r1platform.api.prices.Prices;
import io.r1platform.api.upstreams.Catalogue;
import io.r1platform.api.upstreams.ModelCard;
import io.r1platform.api.upstreams.ServedModel;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;

/** {@code GET /v1/models} and its bare alias: what the caller may use. Answers from memory. */
@RestController
final class ModelsController {
  private static final long MILLION = 1_000_000;

  private final Catalogue catalogue;
  private final Prices prices;
  private final Clock clock;

  record ModelList(String object, List<ModelView> data) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record ModelView(
      String id,
      String object,
      long created,
      String owned_by,
      Set<String> aliases,
      @Nullable Integer context_length,
      @Nullable Integer max_output_tokens,
      @Nullable Integer default_max_tokens,
      @Nullable List<String> capabilities,
      @Nullable String tokenizer_sha256,
      @Nullable PriceView price) {}

  /** Prices per million tokens, as decimals. */
  record PriceView(
      String version,
      String currency,
      String hit,
      String miss,
      String reasoning,
      String answer,
      @Nullable BatchPrice batch) {}

  /** The same of a line of a batch. */
  record BatchPrice(String hit, String miss, String reasoning, String answer) {}

  ModelsController(Catalogue catalogue, Prices prices, Clock clock) {
    this.catalogue = catalogue;
    this.prices = prices;
    this.clock = clock;
  }

  @GetMapping({"/v1/models", "/models"})
  ModelList models(ServerWebExchange exchange) {
    Caller caller = ChatController.callerOf(exchange);
    return new ModelList(
        "list",
        catalogue.served().stream()
            .filter(model -> caller.mayUse(model.name()))
            .map(model -> view(model, caller))
            .toList());
  }

  @GetMapping({"/v1/models/{name}", "/models/{name}"})
  ModelView model(ServerWebExchange exchange, @PathVariable String name) {
    Caller caller = ChatController.callerOf(exchange);
    return catalogue
        .find(name)
        .filter(model -> caller.mayUse(model.name()))
        .map(model -> view(model, caller))
        .orElseThrow(
            () ->
                ServiceException.about(
                    ErrorCode.MODEL_NOT_FOUND,
                    "model",
                    "This model does not exist or this key may not use it."));
  }

  private ModelView view(ServedModel model, Caller caller) {
    ModelCard card = catalogue.card(model).orElse(null);
    PriceView price =
        prices
            .at(caller.organizationId(), model.id(), clock.instant())
            .map(usual -> view(usual, batchPrice(model, caller)))
            .orElse(null);
    return new ModelView(
        model.name(),
        "model",
        model.createdAt().getEpochSecond(),
        model.ownedBy(),
        model.aliases(),
        card == null ? null : card.context_length(),
        card == null ? null : card.max_output_tokens(),
        card == null ? null : card.default_max_tokens(),
        card == null ? null : card.capabilities(),
        card == null ? null : card.tokenizer_sha256(),
        price);
  }

  private @Nullable BatchPrice batchPrice(ServedModel model, Caller caller) {
    return prices
        .ofBatch(caller.organizationId(), model.id(), clock.instant())
        .map(Price::unit)
        .map(
            unit ->
                new BatchPrice(
                    perMillion(unit.hit()),
                    perMillion(unit.miss()),
                    perMillion(unit.reasoning()),
                    perMillion(unit.answer())))
        .orElse(null);
  }

  private static PriceView view(Price price, @Nullable BatchPrice batch) {
    return new PriceView(
        price.publicVersion(),
        price.currency(),
        perMillion(price.unit().hit()),
        perMillion(price.unit().miss()),
        perMillion(price.unit().reasoning()),
        perMillion(price.unit().answer()),
        batch);
  }

  private static String perMillion(Pico unit) {
    return unit.times(MILLION).decimal();
  }
}
