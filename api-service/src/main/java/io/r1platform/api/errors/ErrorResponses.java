package io.r1platform.api.errors;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Writes an error as the whole response: OpenAI's object on the tenant API, RFC 9457 elsewhere.
 * Security handlers call it too.
 */
@Component
public final class ErrorResponses {
  private static final String CODE = ErrorResponses.class.getName();

  /** Where nobody knows better. */
  private static final Duration SOON = Duration.ofSeconds(1);

  private final ErrorBody bodies;

  ErrorResponses(ErrorBody bodies) {
    this.bodies = bodies;
  }

  /** The error that is the whole answer to a request; null if there is none. */
  public static @Nullable ErrorCode codeOf(ServerWebExchange exchange) {
    return exchange.getAttribute(CODE);
  }

  /** Whether {@code path} belongs to the tenant API and its bare aliases. */
  public static boolean isTenantApi(String path) {
    return path.equals("/v1")
        || path.startsWith("/v1/")
        || path.equals("/chat/completions")
        || path.equals("/completions")
        || path.equals("/models")
        || path.equals("/user/balance")
        || path.startsWith("/models/");
  }

  /** Writes {@code error}; an exchange that is already committed is left as it is. */
  public Mono<Void> write(ServerWebExchange exchange, ServiceException error) {
    ServerHttpResponse response = exchange.getResponse();
    if (!response.setStatusCode(HttpStatusCode.valueOf(error.code().httpStatus()))) {
      return Mono.error(error);
    }
    exchange.getAttributes().put(CODE, error.code());
    boolean tenantApi = isTenantApi(exchange.getRequest().getPath().value());
    HttpHeaders headers = response.getHeaders();
    headers.setContentType(
        tenantApi ? MediaType.APPLICATION_JSON : MediaType.APPLICATION_PROBLEM_JSON);
    headers.set("x-should-retry", Boolean.toString(error.shouldRetry()));
    Duration retryAfter = error.retryAfter();
    if (error.shouldRetry()) {
      Duration wait = retryAfter == null ? SOON : retryAfter;
      headers.set(HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, wait.toSeconds())));
    }
    var requestId = RequestId.of(exchange);
    byte[] body = tenantApi ? bodies.openAi(error, requestId) : bodies.problem(error, requestId);
    headers.setContentLength(body.length);
    return response.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(body)));
  }
}
