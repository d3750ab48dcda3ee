package io.r1platform.inference.errors;

/** Everything that this service can refuse or fail with. */
public enum ErrorCode {
  INVALID_JSON(400, Kind.CALLER),
  MISSING_PARAMETER(400, Kind.CALLER),
  INVALID_TYPE(400, Kind.CALLER),
  UNSUPPORTED_PARAMETER(400, Kind.CALLER),
  UNSUPPORTED_CONTENT(400, Kind.CALLER),
  UNSUPPORTED_SCHEMA(400, Kind.CALLER),
  CONTEXT_LENGTH_EXCEEDED(400, Kind.CALLER),
  INVALID_API_KEY(401, Kind.CALLER),
  MODEL_NOT_FOUND(404, Kind.CALLER),
  NOT_FOUND(404, Kind.CALLER),
  METHOD_NOT_ALLOWED(405, Kind.CALLER),
  INVALID_STATE(409, Kind.CALLER),
  REQUEST_CANCELLED(409, Kind.CALLER),
  REQUEST_TOO_LARGE(413, Kind.CALLER),
  UNSUPPORTED_MEDIA_TYPE(415, Kind.CALLER),
  INVALID_VALUE(422, Kind.CALLER),
  ENGINE_OVERLOADED(503, Kind.CAPACITY),
  ENGINE_UNAVAILABLE(503, Kind.CAPACITY),
  SERVER_DRAINING(503, Kind.CAPACITY),
  METERING_UNAVAILABLE(503, Kind.CAPACITY),
  QUEUE_TIMEOUT(504, Kind.CAPACITY),
  DEADLINE_EXCEEDED(504, Kind.CAPACITY),
  ENGINE_FAILED(502, Kind.INTERNAL),
  INTERNAL_ERROR(500, Kind.INTERNAL);

  /** Whose turn it is: the caller's, the operator's by adding capacity, or ours. */
  public enum Kind {
    CALLER,
    CAPACITY,
    INTERNAL
  }

  private final int httpStatus;
  private final Kind kind;

  ErrorCode(int httpStatus, Kind kind) {
    this.httpStatus = httpStatus;
    this.kind = kind;
  }

  /** Status of the answer, where it is not on its way already. */
  public int httpStatus() {
    return httpStatus;
  }

  /** Whose turn it is. */
  public Kind kind() {
    return kind;
  }

  /** The code as clients read it: {@code engine_overloaded}. */
  public String code() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  /** OpenAI's class of error. */
  public String type() {
    if (httpStatus == 401) {
      return "authentication_error";
    }
    return httpStatus >= 500 ? "server_error" : "invalid_request_error";
  }
}
