package io.r1platform.api.relay;

import io.r1platform.api.keys.Caller;
import io.r1platform.api.limits.RateLimits;
import io.r1platform.api.upstreams.ServedModel;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** {@code POST /v1/tokenize}: how many tokens a prompt has. Free, but counts as a request. */
@RestController
final class TokenizeController {
  private final Offers offers;
  private final TokenCounts counts;
  private final Bodies bodies;
  private final RateLimits limits;
  private final LimitHeaders headers;

  TokenizeController(
      Offers offers, TokenCounts counts, Bodies bodies, RateLimits limits, LimitHeaders headers) {
    this.offers = offers;
    this.counts = counts;
    this.bodies = bodies;
    this.limits = limits;
    this.headers = headers;
  }

  @PostMapping(path = "/v1/tokenize", consumes = MediaType.APPLICATION_JSON_VALUE)
  Mono<Void> tokenize(ServerWebExchange exchange) {
    Caller caller = ChatController.callerOf(exchange);
    ServerHttpResponse response = exchange.getResponse();
    headers.on(exchange, caller);
    return bodies.read(
        exchange.getRequest(),
        content -> offers.model(caller, ChatRequest.model(content)),
        (body, model) -> {
          headers.about(exchange, model.name());
          return Mono.fromFuture(() -> limits.count(caller, model.id()))
              .flatMap(pass -> count(caller, model, body, response));
        });
  }

  private Mono<Void> count(
      Caller caller, ServedModel model, RequestBody body, ServerHttpResponse response) {
    return counts.pass(
        caller,
        model.name(),
        body.content(),
        answer -> {
          response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
          return response.writeWith(answer);
        });
  }
}
