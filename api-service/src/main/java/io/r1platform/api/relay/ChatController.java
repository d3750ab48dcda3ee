package io.r1platform.api.relay;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.keys.Caller;
import java.util.concurrent.TimeoutException;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** {@code POST /v1/chat/completions} and its bare alias. */
@RestController
final class ChatController {
  private final Relay relay;

  ChatController(Relay relay) {
    this.relay = relay;
  }

  @PostMapping(
      path = {"/v1/chat/completions", "/chat/completions"},
      consumes = MediaType.APPLICATION_JSON_VALUE)
  Mono<Void> complete(ServerWebExchange exchange) {
    Caller caller = callerOf(exchange);
    ServerHttpResponse response = exchange.getResponse();
    return body(exchange)
        .flatMap(
            body -> response.writeAndFlushWith(relay.run(caller, body, exchange).map(Mono::just)));
  }

  private Mono<byte[]> body(ServerWebExchange exchange) {
    int limit = (int) relay.settings().bodyLimit().toBytes();
    return DataBufferUtils.join(exchange.getRequest().getBody(), limit)
        .map(ChatController::bytes)
        .timeout(relay.settings().bodyWait())
        .onErrorMap(
            TimeoutException.class,
            late ->
                ServiceException.of(
                    ErrorCode.REQUEST_TIMEOUT, "The body did not come in time. Send it again."))
        .switchIfEmpty(
            Mono.error(() -> ServiceException.of(ErrorCode.INVALID_JSON, "The body is empty.")));
  }

  private static byte[] bytes(DataBuffer buffer) {
    byte[] bytes = new byte[buffer.readableByteCount()];
    buffer.read(bytes);
    DataBufferUtils.release(buffer);
    return bytes;
  }

  static Caller callerOf(ServerWebExchange exchange) {
    Caller caller = exchange.getAttribute(Caller.ATTRIBUTE);
    if (caller == null) {
      throw ServiceException.of(ErrorCode.INVALID_API_KEY, "Send an API key as a bearer token.");
    }
    return caller;
  }
}
