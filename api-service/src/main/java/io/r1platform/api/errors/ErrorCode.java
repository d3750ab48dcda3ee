package io.r1platform.api.errors;

import java.util.Locale;

/**
 * Everything that this service refuses or fails with. The wire code is the name in lower case.
 * Retryable means that a repeat can succeed, provided that nothing was charged.
 */
public enum ErrorCode {
  INVALID_JSON(400, Kind.CALLER, false),
  MISSING_PARAMETER(400, Kind.CALLER, false),
  INVALID_TYPE(400, Kind.CALLER, false),
  UNSUPPORTED_CONTENT(400, Kind.CALLER, false),
  UNSUPPORTED_PARAMETER(400, Kind.CALLER, false),
  UNSUPPORTED_SCHEMA(400, Kind.CALLER, false),
  UNSUPPORTED_VALUE(400, Kind.CALLER, false),
  CONTEXT_LENGTH_EXCEEDED(400, Kind.CALLER, false),
  INVALID_API_KEY(401, Kind.CALLER, false),
  KEY_EXPIRED(401, Kind.CALLER, false),
  KEY_REVOKED(401, Kind.CALLER, false),
  INVALID_CREDENTIALS(401, Kind.CALLER, false),
  NOT_AUTHENTICATED(401, Kind.CALLER, false),
  INSUFFICIENT_BALANCE(402, Kind.CALLER, false),
  BUDGET_EXCEEDED(402, Kind.CALLER, false),
  BUDGET_HELD(402, Kind.CAPACITY, true),
  FORBIDDEN(403, Kind.CALLER, false),
  SCOPE_MISSING(403, Kind.CALLER, false),
  IP_NOT_ALLOWED(403, Kind.CALLER, false),
  ORGANIZATION_SUSPENDED(403, Kind.CALLER, false),
  MODEL_NOT_FOUND(404, Kind.CALLER, false),
  NOT_FOUND(404, Kind.CALLER, false),
  UNKNOWN_DATASET(404, Kind.CALLER, false),
  METHOD_NOT_ALLOWED(405, Kind.CALLER, false),
  REQUEST_TIMEOUT(408, Kind.CALLER, true),
  IDEMPOTENCY_CONFLICT(409, Kind.CALLER, false),
  INVALID_STATE(409, Kind.CALLER, false),
  REQUEST_CANCELLED(409, Kind.CALLER, false),
  STALE_VERSION(412, Kind.CALLER, false),
  REQUEST_TOO_LARGE(413, Kind.CALLER, false),
  UNSUPPORTED_MEDIA_TYPE(415, Kind.CALLER, false),
  INVALID_VALUE(422, Kind.CALLER, false),
  MAX_COST_TOO_LOW(422, Kind.CALLER, false),
  VERSION_REQUIRED(428, Kind.CALLER, false),
  CONCURRENCY_EXCEEDED(429, Kind.CAPACITY, true),
  QUEUE_FULL(429, Kind.CAPACITY, true),
  RATE_LIMIT_EXCEEDED(429, Kind.CAPACITY, true),
  TOO_MANY_ATTEMPTS(429, Kind.CAPACITY, true),
  INTERNAL_ERROR(500, Kind.INTERNAL, true),
  ENGINE_FAILED(502, Kind.INTERNAL, true),
  BILLING_UNAVAILABLE(502, Kind.CAPACITY, true),
  AUTH_UNAVAILABLE(503, Kind.CAPACITY, true),
  ENGINE_OVERLOADED(503, Kind.CAPACITY, true),
  ENGINE_UNAVAILABLE(503, Kind.CAPACITY, true),
  METERING_UNAVAILABLE(503, Kind.CAPACITY, true),
  SERVER_DRAINING(503, Kind.CAPACITY, true),
  QUEUE_TIMEOUT(504, Kind.CAPACITY, true),
  DEADLINE_EXCEEDED(504, Kind.CAPACITY, true);

  /** Whose matter an error is: an INTERNAL one wakes somebody up. */
  public enum Kind {
    /** The caller must change something. */
    CALLER,
    /** Come back later. */
    CAPACITY,
    /** Our fault. */
    INTERNAL
  }

  private final int httpStatus;
  private final Kind kind;
  private final boolean retryable;

  ErrorCode(int httpStatus, Kind kind, boolean retryable) {
    this.httpStatus = httpStatus;
    this.kind = kind;
    this.retryable = retryable;
  }

  /** HTTP status code, 400 to 599. */
  public int httpStatus() {
    return httpStatus;
  }

  /** Whose matter it is. */
  public Kind kind() {
    return kind;
  }

  /** Whether the same request can succeed later. */
  public boolean retryable() {
    return retryable;
  }

  /** The code on the wire, for instance {@code model_not_found}. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** OpenAI's {@code error.type}. */
  public String type() {
    return switch (httpStatus) {
      case 401 -> "authentication_error";
      case 402 -> "billing_error";
      case 403 -> "permission_error";
      case 429 -> "rate_limit_error";
      default -> httpStatus >= 500 ? "server_error" : "invalid_request_error";
    };
  }
}
