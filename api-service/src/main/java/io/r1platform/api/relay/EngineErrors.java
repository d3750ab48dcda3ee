package io.r1platform.api.relay;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.metering.Finish;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The engine's errors in our words and codes. */
final class EngineErrors {
  private EngineErrors() {}

  /** The engine went away, or its reply made no sense. */
  static ServiceException failed() {
    return ServiceException.of(
        ErrorCode.ENGINE_FAILED, "The engine failed. Send the request again.");
  }

  /** No connection to it could be made, twice. */
  static ServiceException unreachable() {
    return ServiceException.of(
        ErrorCode.ENGINE_UNAVAILABLE,
        "The engine cannot be reached. Nothing was charged. Send the request again.");
  }

  /** It was stopped by a revoked key or a cancel; what came is no whole answer. */
  static ServiceException cancelled() {
    return ServiceException.of(
        ErrorCode.REQUEST_CANCELLED, "The request was cancelled. What was generated is charged.");
  }

  /** Nobody has come for the answer of a request with a key. */
  static ServiceException abandoned() {
    return ServiceException.of(
        ErrorCode.REQUEST_CANCELLED,
        "Its client had left for too long, so it was stopped. What was generated is charged.");
  }

  /** It took longer than any request may. */
  static ServiceException deadlineExceeded() {
    return ServiceException.of(
        ErrorCode.DEADLINE_EXCEEDED, "It took too long. What was generated is charged.");
  }

  /** This server ends before the answer does. */
  static ServiceException serverEnds() {
    return ServiceException.of(
        ErrorCode.ENGINE_FAILED, "This server had to stop before the answer was complete.");
  }

  /** Whether no connection could be made, so that nothing has run. */
  static boolean isUnreachable(@Nullable Throwable cause) {
    return cause instanceof ConnectException
        || cause instanceof NoRouteToHostException
        || cause instanceof UnknownHostException;
  }

  /** Whether it is one server's matter, so that another one may answer. */
  static boolean isElsewhereBetter(ServiceException error) {
    return switch (error.code()) {
      case ENGINE_FAILED, ENGINE_UNAVAILABLE, ENGINE_OVERLOADED, SERVER_DRAINING -> true;
      default -> false;
    };
  }

  /** What an answer other than 200 says. */
  static ReplyReader.Errored refused(
      int status, byte[] body, @Nullable String retryAfter, JsonMapper json) {
    JsonNode error = error(body, json);
    ErrorCode code = code(error.path("code").asString(""), status);
    if (status == 401 || status == 403) {
      code = ErrorCode.ENGINE_UNAVAILABLE;
    }
    EngineReport report = EngineReport.read(body, json);
    boolean ran = report != null && report.tokens().output() > 0;
    return new ReplyReader.Errored(
        ran || endsARun(code) ? afterRunning(code) : Finish.REFUSED,
        exception(code, error, seconds(retryAfter), status == 401),
        report);
  }

  /** What an error object inside a reply says; a count may stand beside it. */
  static ReplyReader.Errored inside(byte[] body, JsonMapper json) {
    JsonNode error = error(body, json);
    ErrorCode code = code(error.path("code").asString(""), 502);
    EngineReport report = EngineReport.read(body, json);
    boolean ran = report != null && report.tokens().output() > 0;
    Finish finish = code == ErrorCode.QUEUE_TIMEOUT && !ran ? Finish.REFUSED : afterRunning(code);
    return new ReplyReader.Errored(finish, exception(code, error, null, false), report);
  }

  private static boolean endsARun(ErrorCode code) {
    return code == ErrorCode.ENGINE_FAILED || code == ErrorCode.REQUEST_CANCELLED;
  }

  private static Finish afterRunning(ErrorCode code) {
    if (code == ErrorCode.REQUEST_CANCELLED) {
      return Finish.CANCELLED;
    }
    return code == ErrorCode.DEADLINE_EXCEEDED ? Finish.DEADLINE : Finish.ENGINE_ERROR;
  }

  private static JsonNode error(byte[] body, JsonMapper json) {
    try {
      return json.readTree(body).path("error");
    } catch (JacksonException e) {
      return json.missingNode();
    }
  }

  private static ServiceException exception(
      ErrorCode code, JsonNode error, @Nullable Duration retryAfter, boolean hideMessage) {
    String message = hideMessage ? "" : error.path("message").asString("");
    if (message.isEmpty()) {
      message =
          code == ErrorCode.ENGINE_FAILED
              ? "The engine failed. Send the request again."
              : "The engine cannot serve this now. Nothing was charged.";
    }
    if (retryAfter != null) {
      return ServiceException.later(code, retryAfter, message);
    }
    JsonNode param = error.path("param");
    return param.isString()
        ? ServiceException.about(code, param.asString(), message)
        : ServiceException.of(code, message);
  }

  private static ErrorCode code(String wire, int status) {
    for (ErrorCode code : ErrorCode.values()) {
      if (code.wire().equals(wire)) {
        return code;
      }
    }
    return switch (status) {
      case 400 -> ErrorCode.INVALID_TYPE;
      case 404 -> ErrorCode.MODEL_NOT_FOUND;
      case 413 -> ErrorCode.REQUEST_TOO_LARGE;
      case 422 -> ErrorCode.INVALID_VALUE;
      case 429 -> ErrorCode.ENGINE_OVERLOADED;
      case 503 -> ErrorCode.ENGINE_UNAVAILABLE;
      case 504 -> ErrorCode.DEADLINE_EXCEEDED;
      default -> ErrorCode.ENGINE_FAILED;
    };
  }

  private static @Nullable Duration seconds(@Nullable String retryAfter) {
    return retryAfter != null && retryAfter.matches("\\d{1,6}")
        ? Duration.ofSeconds(Long.parseLong(retryAfter))
        : null;
  }
}
