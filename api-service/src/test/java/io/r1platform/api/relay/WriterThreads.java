package io.r1platform.api.relay;

import io.netty.channel.EventLoop;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/** Counts the pieces of answers that come to be written, by the thread on which they come. */
final class WriterThreads implements WebFilter {
  /** On the connection's own thread. */
  static final AtomicInteger OWN = new AtomicInteger();

  /** On any other. */
  static final AtomicInteger FOREIGN = new AtomicInteger();

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    return chain.filter(exchange.mutate().response(new Noting(exchange.getResponse())).build());
  }

  private static final class Noting extends ServerHttpResponseDecorator {
    Noting(ServerHttpResponse response) {
      super(response);
    }

    @Override
    public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
      Connection connection = getNativeResponse(getDelegate());
      EventLoop loop = connection.channel().eventLoop();
      return super.writeAndFlushWith(
          Flux.from(body)
              .doOnNext(piece -> (loop.inEventLoop() ? OWN : FOREIGN).incrementAndGet()));
    }
  }
}
