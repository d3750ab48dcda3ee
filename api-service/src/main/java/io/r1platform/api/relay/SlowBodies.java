package io.r1platform.api.relay;

import java.time.Duration;
import java.util.Set;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Gives up bodies that come too slowly where Spring reads them; {@link Bodies} does it elsewhere.
 */
@Component
final class SlowBodies implements WebFilter {
  private static final Set<String> PATHS = Set.of("/v1/batches");

  private final Duration longest;

  SlowBodies(RelaySettings settings) {
    this.longest = settings.bodyWait();
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    ServerHttpRequest request = exchange.getRequest();
    return PATHS.contains(request.getPath().value())
        ? chain.filter(exchange.mutate().request(new Timed(request, longest)).build())
        : chain.filter(exchange);
  }

  private static final class Timed extends ServerHttpRequestDecorator {
    private final Duration longest;

    Timed(ServerHttpRequest request, Duration longest) {
      super(request);
      this.longest = longest;
    }

    @Override
    public Flux<DataBuffer> getBody() {
      return super.getBody()
          .takeUntilOther(Mono.delay(longest).then(Mono.error(() -> Bodies.tooLate())));
    }
  }
}
