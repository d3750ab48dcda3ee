package io.r1platform.inference.errors;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A refusal or failure with its code; the message is written for the client. */
public final class ServiceException extends RuntimeException {
  private final ErrorCode code;
  private final @Nullable String param;
  private final @Nullable Duration retryAfter;

  private ServiceException(
      ErrorCode code, String message, @Nullable String param, @Nullable Duration retryAfter) {
    super(message);
    this.code = code;
    this.param = param;
    this.retryAfter = retryAfter;
  }

  /** A failure that concerns no single field. */
  public static ServiceException of(ErrorCode code, String message) {
    return new ServiceException(code, message, null, null);
  }

  /** A failure of one field of the request. */
  public static ServiceException ofParam(ErrorCode code, String param, String message) {
    return new ServiceException(code, message, param, null);
  }

  /** A known field with a value out of range. */
  public static ServiceException invalidValue(String param, String message) {
    return ofParam(ErrorCode.INVALID_VALUE, param, message);
  }

  /** Nothing was taken; a repeat after {@code retryAfter} may succeed. */
  public static ServiceException retryable(ErrorCode code, String message, Duration retryAfter) {
    return new ServiceException(code, message, null, retryAfter);
  }

  /** Its code. */
  public ErrorCode code() {
    return code;
  }

  /** The field it concerns, or null. */
  public @Nullable String param() {
    return param;
  }

  /** When a repeat may succeed, or null. */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }

  /** The message, never null. */
  public String explanation() {
    String message = getMessage();
    return message == null ? code.code() : message;
  }
}
