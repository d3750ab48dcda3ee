package io.r1platform.inference.errors;

import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** Renders failures: OpenAI's error object under {@code /v1}, RFC 9457 elsewhere. */
@Component
@Order(-2) // before Spring Boot's own handler, which is at -1
final class ErrorResponses implements WebExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ErrorResponses.class);

  private final JsonMapper json;

  ErrorResponses(JsonMapper json) {
    this.json = json;
  }

  @Override
  public Mono<Void> handle(ServerWebExchange exchange, Throwable thrown) {
    var response = exchange.getResponse();
    if (response.isCommitted()) {
      return Mono.error(thrown);
    }
    ServiceException failure = failureOf(thrown);
    if (failure.code().kind() == ErrorCode.Kind.INTERNAL) {
      LOG.error("{} failed", exchange.getRequest().getPath(), thrown);
    }
    boolean openAi = exchange.getRequest().getPath().value().startsWith("/v1/");
    response.setStatusCode(HttpStatusCode.valueOf(failure.code().httpStatus()));
    response
        .getHeaders()
        .setContentType(openAi ? MediaType.APPLICATION_JSON : MediaType.APPLICATION_PROBLEM_JSON);
    if (failure.retryAfter() != null) {
      response
          .getHeaders()
          .set(HttpHeaders.RETRY_AFTER, Long.toString(failure.retryAfter().toSeconds()));
    }
    byte[] body = json.writeValueAsBytes(openAi ? openAi(failure) : problem(failure));
    return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
  }

  private static ServiceException failureOf(Throwable thrown) {
    return switch (thrown) {
      case ServiceException failure -> failure;
      case ResponseStatusException refused ->
          ServiceException.of(codeOf(refused.getStatusCode()), messageOf(refused));
      default ->
          ServiceException.of(
              ErrorCode.INTERNAL_ERROR,
              "The service failed and has logged why. Send the request again.");
    };
  }

  private static String messageOf(ResponseStatusException refused) {
    String reason = refused.getReason();
    return reason == null ? "The request cannot be served as it is." : reason;
  }

  private static ErrorCode codeOf(HttpStatusCode status) {
    return switch (HttpStatus.resolve(status.value())) {
      case NOT_FOUND -> ErrorCode.NOT_FOUND;
      case METHOD_NOT_ALLOWED -> ErrorCode.METHOD_NOT_ALLOWED;
      case UNSUPPORTED_MEDIA_TYPE -> ErrorCode.UNSUPPORTED_MEDIA_TYPE;
      case CONTENT_TOO_LARGE -> ErrorCode.REQUEST_TOO_LARGE;
      case BAD_REQUEST -> ErrorCode.INVALID_TYPE;
      case null, default -> ErrorCode.INTERNAL_ERROR;
    };
  }

  private static Map<String, Object> openAi(ServiceException failure) {
    return Map.of("error", OpenAiError.of(failure));
  }

  private static Map<String, Object> problem(ServiceException failure) {
    var problem = new LinkedHashMap<String, Object>();
    problem.put("type", "about:blank");
    problem.put("title", failure.code().code().replace('_', ' '));
    problem.put("status", failure.code().httpStatus());
    problem.put("detail", failure.explanation());
    problem.put("code", failure.code().code());
    return problem;
  }
}
