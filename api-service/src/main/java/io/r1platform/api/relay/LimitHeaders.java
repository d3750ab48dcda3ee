package io.r1platform.api.relay;

import io.r1platform.api.keys.Caller;
import io.r1platform.api.limits.LimitSet;
import io.r1platform.api.limits.RateLimits;
import io.r1platform.api.upstreams.Catalogue;
import io.r1platform.api.upstreams.ServedModel;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * The headers {@code x-ratelimit-*} of every answer to a request that a rate counts, refusals and
 * repeats too: as it stands when the answer's head leaves.
 */
@Component
final class LimitHeaders {
  private static final String MODEL = LimitHeaders.class.getName();

  private final RateLimits limits;
  private final Catalogue catalogue;

  LimitHeaders(RateLimits limits, Catalogue catalogue) {
    this.limits = limits;
    this.catalogue = catalogue;
  }

  /** Has them written with the head of the answer, whatever that will be. */
  void on(ServerWebExchange exchange, Caller caller) {
    exchange
        .getResponse()
        .beforeCommit(
            () -> {
              int model = exchange.getAttributeOrDefault(MODEL, LimitSet.ALL_MODELS);
              limits.headers(caller, model).forEach(exchange.getResponse().getHeaders()::set);
              return Mono.empty();
            });
  }

  /** Says which model the request is for: a name or alias. */
  void about(ServerWebExchange exchange, String model) {
    catalogue
        .find(model)
        .map(ServedModel::id)
        .ifPresent(id -> exchange.getAttributes().put(MODEL, id));
  }
}
