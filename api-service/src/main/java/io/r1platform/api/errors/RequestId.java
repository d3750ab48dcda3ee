package io.r1platform.api.errors;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Gives every request its id, a UUIDv7, and every response the header {@code x-request-id}. For
 * inference the same id names the usage event; it gets a new one when it is admitted, so that the
 * id and the record have one date.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class RequestId implements WebFilter {
  private static final String HEADER = "x-request-id";
  private static final String ATTRIBUTE = RequestId.class.getName();
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Clock clock;

  RequestId(Clock clock) {
    this.clock = clock;
  }

  /** The id of this request. */
  public static UUID of(ServerWebExchange exchange) {
    UUID id = exchange.getAttribute(ATTRIBUTE);
    if (id == null) {
      throw new IllegalStateException("request without id: the filter did not run");
    }
    return id;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    renew(exchange, clock.instant());
    return chain.filter(exchange);
  }

  /** Gives a request whose answer has not begun a new id, of this moment. */
  public static UUID renew(ServerWebExchange exchange, Instant at) {
    var id = at(at);
    exchange.getAttributes().put(ATTRIBUTE, id);
    exchange.getResponse().getHeaders().set(HEADER, id.toString());
    return id;
  }

  /** A new id of this moment, for a request that no client sent. */
  public static UUID at(Instant at) {
    long high = (at.toEpochMilli() << 16) | 0x7000L | (RANDOM.nextInt() & 0x0FFFL);
    long low = (RANDOM.nextLong() & 0x3FFFFFFFFFFFFFFFL) | 0x8000000000000000L;
    return new UUID(high, low);
  }
}
