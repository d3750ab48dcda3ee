package io.r1platform.api.relay;

import io.r1platform.api.keys.Caller;
import io.r1platform.api.limits.RateLimits;
import io.r1platform.api.prices.Prices;
import io.r1platform.api.requests.RequestLog;
import io.r1platform.api.statements.Limits;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.json.JsonMapper;

/** {@code POST /v1/quotes}: what a chat completion would cost now. Free; reserves nothing. */
@RestController
final class QuoteController {
  private static final Duration MEMORY = Duration.ofDays(7);

  private final Offers offers;
  private final TokenCounts counts;
  private final Prices prices;
  private final Limits limits;
  private final RequestLog requestLog;
  private final Bodies bodies;
  private final RateLimits rates;
  private final LimitHeaders headers;
  private final JsonMapper json;
  private final Clock clock;

  /** The questions to billing and the database wait, so not on an event loop. */
  private final Scheduler virtualThreads =
      Schedulers.fromExecutor(command -> Thread.ofVirtual().name("quote").start(command));

  QuoteController(
      Offers offers,
      TokenCounts counts,
      Prices prices,
      Limits limits,
      RequestLog requestLog,
      Bodies bodies,
      RateLimits rates,
      LimitHeaders headers,
      JsonMapper json,
      Clock clock) {
    this.offers = offers;
    this.counts = counts;
    this.prices = prices;
    this.limits = limits;
    this.requestLog = requestLog;
    this.bodies = bodies;
    this.rates = rates;
    this.headers = headers;
    this.json = json;
    this.clock = clock;
  }

  @PostMapping(path = "/v1/quotes", consumes = MediaType.APPLICATION_JSON_VALUE)
  Mono<Void> quote(ServerWebExchange exchange) {
    Caller caller = ChatController.callerOf(exchange);
    headers.on(exchange, caller);
    return bodies.read(
        exchange.getRequest(),
        QuoteRequest::parse,
        (body, request) -> {
          headers.about(exchange, request.chat().model());
          return answer(caller, request, exchange.getResponse());
        });
  }

  private Mono<Void> answer(Caller caller, QuoteRequest request, ServerHttpResponse response) {
    Instant now = clock.instant();
    Offers.Offer offer = offers.of(caller, request.chat(), request.body().remaining(), now);
    return Mono.fromFuture(() -> rates.count(caller, offer.model().id()))
        .flatMap(pass -> counts.ofPrompt(caller, offer.model().name(), request.body()))
        .publishOn(virtualThreads)
        .map(prompt -> json.writeValueAsBytes(quote(caller, request, offer, prompt, now)))
        .flatMap(
            bytes -> {
              response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
              return response.writeWith(Mono.just(response.bufferFactory().wrap(bytes)));
            });
  }

  private Quote quote(
      Caller caller, QuoteRequest request, Offers.Offer offer, int prompt, Instant now) {
    Integer expected = request.expectedOutput();
    if (expected == null) {
      expected = requestLog.medianOutput(caller.projectId(), now.minus(MEMORY)).orElse(null);
    }
    Instant validUntil =
        prices.validUntil(caller.organizationId(), offer.model().id(), now).orElse(null);
    return Quote.of(offer, prompt, expected, validUntil, limits.above(caller));
  }
}
