package io.r1platform.api.statements;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/**
 * What a transfer must keep up with, so that nobody holds its place by trickling: after a grace,
 * its bytes must have come at a least rate on average.
 */
public final class Pace {
  private static final Duration LOOK = Duration.ofMillis(500);

  private final Duration grace;
  private final long bytesPerSecond;
  private final long begun = System.nanoTime();
  private final AtomicLong bytes = new AtomicLong();

  /** From now on, at so many bytes in a second. */
  public Pace(Duration grace, DataSize perSecond) {
    this.grace = grace;
    this.bytesPerSecond = perSecond.toBytes();
  }

  /** The longest that so many bytes may take. */
  public Duration longest(long of) {
    return grace.plusMillis(of * 1_000 / bytesPerSecond);
  }

  /** So many bytes have come. */
  public void moved(int more) {
    bytes.addAndGet(more);
  }

  /** Completes when it has fallen behind. */
  public Mono<Void> fellBehind() {
    return Flux.interval(LOOK)
        .onBackpressureDrop()
        .filter(tick -> System.nanoTime() - begun > longest(bytes.get()).toNanos())
        .next()
        .then();
  }

  /** What waits to be written to a client that does not read is given up with the connection. */
  public static void hangUp(ServerHttpResponse response) {
    HttpServerResponse netty = ServerHttpResponseDecorator.getNativeResponse(response);
    netty.withConnection(
        connection -> {
          var _ = connection.channel().close();
        });
  }
}
