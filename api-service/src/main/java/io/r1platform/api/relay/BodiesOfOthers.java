package io.r1platform.api.relay;

import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Holds the bodies that Spring reads to the limits of {@link Bodies}, which the relay's keep by
 * themselves: the memory of all together, and the time that one may take. Uploads of files have
 * limits of their own.
 */
@Component
final class BodiesOfOthers implements WebFilter {
  private final Bodies bodies;

  BodiesOfOthers(Bodies bodies) {
    this.bodies = bodies;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    ServerHttpRequest request = exchange.getRequest();
    return isReadBySpring(request.getPath().value())
        ? Mono.using(
            AtomicInteger::new,
            taken ->
                chain.filter(exchange.mutate().request(new Held(request, bodies, taken)).build()),
            taken -> bodies.release(taken.get()))
        : chain.filter(exchange);
  }

  private static boolean isReadBySpring(String path) {
    return path.equals("/v1/batches")
        || path.equals("/v1/exports")
        || path.startsWith("/webhooks/")
        || path.startsWith("/admin/api/");
  }

  private static final class Held extends ServerHttpRequestDecorator {
    private final Bodies bodies;
    private final AtomicInteger taken;

    Held(ServerHttpRequest request, Bodies bodies, AtomicInteger taken) {
      super(request);
      this.bodies = bodies;
      this.taken = taken;
    }

    @Override
    public Flux<DataBuffer> getBody() {
      return super.getBody()
          .doOnNext(this::take)
          .takeUntilOther(
              Mono.delay(bodies.longestWait()).then(Mono.error(() -> Bodies.tooLate())));
    }

    private void take(DataBuffer buffer) {
      int more = buffer.readableByteCount();
      try {
        bodies.reserve(more);
      } catch (RuntimeException e) {
        DataBufferUtils.release(buffer);
        throw e;
      }
      taken.addAndGet(more);
    }
  }
}
