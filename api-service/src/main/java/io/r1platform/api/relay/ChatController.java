package io.r1platform.api.relay;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.Caller;
import java.time.Duration;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** {@code POST /v1/chat/completions}, {@code /v1/completions} and their bare aliases. */
@RestController
final class ChatController {
  /** Pieces that may wait for the connection's thread. */
  private static final int AHEAD = 32;

  private final Relay relay;
  private final KeyedRuns keyed;
  private final Bodies bodies;
  private final LimitHeaders limits;

  ChatController(Relay relay, KeyedRuns keyed, Bodies bodies, LimitHeaders limits) {
    this.relay = relay;
    this.keyed = keyed;
    this.bodies = bodies;
    this.limits = limits;
  }

  @PostMapping(
      path = {"/v1/chat/completions", "/chat/completions"},
      consumes = MediaType.APPLICATION_JSON_VALUE)
  Mono<Void> chat(ServerWebExchange exchange) {
    return complete(Kind.CHAT, exchange);
  }

  @PostMapping(
      path = {"/v1/completions", "/completions"},
      consumes = MediaType.APPLICATION_JSON_VALUE)
  Mono<Void> raw(ServerWebExchange exchange) {
    return complete(Kind.RAW, exchange);
  }

  private Mono<Void> complete(Kind kind, ServerWebExchange exchange) {
    Caller caller = callerOf(exchange);
    ServerHttpRequest request = exchange.getRequest();
    ServerHttpResponse response = exchange.getResponse();
    ClientKey key = ClientKey.of(request.getHeaders());
    Duration timeout = Timeout.of(request.getHeaders());
    String reference = LabelFields.reference(request.getHeaders());
    limits.on(exchange, caller);
    return bodies.read(
        request,
        content -> ChatRequest.parse(kind, content).with(reference, timeout),
        (body, chat) -> {
          limits.about(exchange, chat.model());
          return response.writeAndFlushWith(
              (key == null
                      ? relay.run(caller, chat, body, exchange)
                      : keyed.run(caller, chat, body, exchange, key))
                  .publishOn(EventLoop.of(response), AHEAD)
                  .map(Mono::just));
        });
  }

  static Caller callerOf(ServerWebExchange exchange) {
    Caller caller = exchange.getAttribute(Caller.ATTRIBUTE);
    if (caller == null) {
      throw ServiceException.of(ErrorCode.INVALID_API_KEY, "Send an API key as a bearer token.");
    }
    return caller;
  }
}
