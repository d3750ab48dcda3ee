package io.r1platform.billing.errors;

import io.micrometer.core.instrument.MeterRegistry;
import io.r1platform.billing.observability.BillingMetric;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Renders every failure as an RFC 9457 problem with {@code code}, counts it and logs it once. */
@RestControllerAdvice
final class Problems {
  private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

  private final MeterRegistry meters;

  Problems(MeterRegistry meters) {
    this.meters = meters;
  }

  @ExceptionHandler
  ResponseEntity<ProblemDetail> on(Exception failure, HttpServletResponse response)
      throws Exception {
    if (response.isCommitted()) {
      throw failure; // a stream that broke must look broken, not end with a problem inside
    }
    return switch (failure) {
      case ServiceException known -> answer(known.code(), known.getMessage(), known.details());
      case CannotCreateTransactionException e -> unavailable(e);
      case DataAccessResourceFailureException e -> unavailable(e);
      case TransientDataAccessException e -> unavailable(e);
      case TypeMismatchException e -> unreadable(e);
      case HttpMessageNotReadableException e -> unreadable(e);
      case ErrorResponse e when e.getStatusCode().is4xxClientError() -> framework(e);
      default -> {
        LOG.error("Request failed", failure);
        yield answer(ErrorCode.INTERNAL, "Nothing was changed. The cause is in the log.", Map.of());
      }
    };
  }

  private ResponseEntity<ProblemDetail> unavailable(Exception cause) {
    LOG.warn("Database unavailable: {}", cause.getMessage());
    return answer(
        ErrorCode.DATABASE_UNAVAILABLE, "The database did not answer; send it again.", Map.of());
  }

  private ResponseEntity<ProblemDetail> unreadable(Exception cause) {
    return answer(ErrorCode.INVALID_REQUEST, cause.getMessage(), Map.of());
  }

  private ResponseEntity<ProblemDetail> framework(ErrorResponse refusal) {
    var code =
        refusal.getStatusCode().value() == ErrorCode.NOT_FOUND.httpStatus()
            ? ErrorCode.NOT_FOUND
            : ErrorCode.INVALID_REQUEST;
    return answer(code, refusal.getStatusCode(), refusal.getBody().getDetail(), Map.of());
  }

  private ResponseEntity<ProblemDetail> answer(
      ErrorCode code, @Nullable String detail, Map<String, String> details) {
    return answer(code, HttpStatusCode.valueOf(code.httpStatus()), detail, details);
  }

  private ResponseEntity<ProblemDetail> answer(
      ErrorCode code, HttpStatusCode status, @Nullable String detail, Map<String, String> details) {
    meters.counter(BillingMetric.ERRORS.meterName(), "code", code.wireName()).increment();
    if (code.kind() == ErrorCode.Kind.CALLER) {
      LOG.info("Refused: {} {}", code.wireName(), detail);
    }
    var problem = ProblemDetail.forStatusAndDetail(status, detail == null ? "" : detail);
    problem.setProperty("code", code.wireName());
    details.forEach(problem::setProperty);
    return ResponseEntity.status(status)
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(problem);
  }
}
