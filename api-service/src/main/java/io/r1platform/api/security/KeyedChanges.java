package io.r1platform.api.security;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ErrorResponses;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.idempotency.KeyedRequest;
import io.r1platform.api.replies.SentKey;
import java.nio.ByteBuffer;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Reads the body of a POST with an {@code Idempotency-Key} before its controller does, so that what
 * comes again can be compared with it.
 */
final class KeyedChanges implements WebFilter {
  private static final int LARGEST = 256 * 1024;

  private final ErrorResponses errors;

  KeyedChanges(ErrorResponses errors) {
    this.errors = errors;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    ServerHttpRequest request = exchange.getRequest();
    if (!request.getMethod().equals(HttpMethod.POST)
        || request.getPath().value().equals(AdminGate.SESSION)) {
      return chain.filter(exchange);
    }
    String key;
    try {
      key = KeyedRequest.keyOf(request.getHeaders());
    } catch (ServiceException refusal) {
      return errors.write(exchange, refusal);
    }
    if (key == null) {
      return chain.filter(exchange);
    }
    return DataBufferUtils.join(request.getBody(), LARGEST)
        .map(KeyedChanges::bytes)
        .defaultIfEmpty(new byte[0])
        .map(
            body -> {
              SentKey.of(key, ByteBuffer.wrap(body)).on(exchange);
              return exchange.mutate().request(again(request, exchange, body)).build();
            })
        .onErrorResume(
            DataBufferLimitException.class,
            e -> errors.write(exchange, tooLarge()).then(Mono.empty()))
        .flatMap(chain::filter);
  }

  private static byte[] bytes(DataBuffer buffer) {
    var bytes = new byte[buffer.readableByteCount()];
    buffer.read(bytes);
    DataBufferUtils.release(buffer);
    return bytes;
  }

  private static ServerHttpRequest again(
      ServerHttpRequest request, ServerWebExchange exchange, byte[] body) {
    return new ServerHttpRequestDecorator(request) {
      @Override
      public Flux<DataBuffer> getBody() {
        return body.length == 0
            ? Flux.empty()
            : Flux.defer(() -> Flux.just(exchange.getResponse().bufferFactory().wrap(body)));
      }
    };
  }

  private static ServiceException tooLarge() {
    return ServiceException.of(
        ErrorCode.REQUEST_TOO_LARGE, "A body with an Idempotency-Key has at most 256 KiB.");
  }
}
