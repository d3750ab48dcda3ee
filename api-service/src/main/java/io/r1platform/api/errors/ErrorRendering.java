package io.r1platform.api.errors;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;

/** Turns whatever a handler threw into one of our errors; the unexpected is logged and is 500. */
@Component
@Order(-2)
final class ErrorRendering implements WebExceptionHandler {
  private static final Logger log = LoggerFactory.getLogger(ErrorRendering.class);

  private final ErrorResponses responses;

  ErrorRendering(ErrorResponses responses) {
    this.responses = responses;
  }

  /** A response that has begun, or a client that has gone, cannot be told anything. */
  @Override
  public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
    if (exchange.getResponse().isCommitted() || failure instanceof IOException) {
      return Mono.error(failure);
    }
    ServiceException error = asServiceException(failure);
    if (error.code().kind() == ErrorCode.Kind.INTERNAL) {
      // A message of ours may repeat the engine's, and that the prompt: it is not for the log.
      Throwable cause = failure instanceof ServiceException ? failure.getCause() : failure;
      log.error("request {} failed: {}", RequestId.of(exchange), error.code().wire(), cause);
    }
    return responses.write(exchange, error);
  }

  static ServiceException asServiceException(Throwable failure) {
    return switch (failure) {
      case ServiceException ours -> ours;
      case DataBufferLimitException e -> tooLarge();
      case ResponseStatusException e -> fromStatus(e);
      default ->
          ServiceException.because(
              ErrorCode.INTERNAL_ERROR,
              "Something failed on our side. Nothing was charged. Send it again.",
              failure);
    };
  }

  private static ServiceException fromStatus(ResponseStatusException failure) {
    String reason = failure.getReason();
    return switch (failure.getStatusCode().value()) {
      case 404 -> ServiceException.notFound("This path");
      case 405 ->
          ServiceException.of(ErrorCode.METHOD_NOT_ALLOWED, "This path does not take this method.");
      case 413 -> tooLarge();
      case 415 ->
          ServiceException.of(
              ErrorCode.UNSUPPORTED_MEDIA_TYPE, "Send the body as application/json.");
      case 401 -> ServiceException.of(ErrorCode.NOT_AUTHENTICATED, "Log in first.");
      case 403 -> ServiceException.of(ErrorCode.FORBIDDEN, "This is not allowed.");
      default ->
          failure.getStatusCode().is4xxClientError()
              ? ServiceException.of(
                  ErrorCode.INVALID_TYPE,
                  reason == null ? "The request could not be read." : reason)
              : ServiceException.because(
                  ErrorCode.INTERNAL_ERROR,
                  "Something failed on our side. Nothing was charged. Send it again.",
                  failure);
    };
  }

  private static ServiceException tooLarge() {
    return ServiceException.of(
        ErrorCode.REQUEST_TOO_LARGE, "The body is larger than 4 MiB. Send less.");
  }
}
