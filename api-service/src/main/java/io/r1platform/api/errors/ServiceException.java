package io.r1platform.api.errors;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The one exception that callers get to see. Its message is shown as it is: it says what happened
 * and what to do, and holds no secret.
 */
public final class ServiceException extends RuntimeException {
  private final ErrorCode code;
  private final @Nullable String param;
  private final String charged;
  private final @Nullable Duration retryAfter;
  private final transient Map<String, @Nullable Object> details;
  private final boolean repeatable;

  private ServiceException(
      ErrorCode code,
      String message,
      @Nullable String param,
      String charged,
      @Nullable Duration retryAfter,
      @Nullable Throwable cause,
      Map<String, @Nullable Object> details,
      boolean repeatable) {
    super(message, cause);
    this.code = code;
    this.param = param;
    this.charged = charged;
    this.retryAfter = retryAfter;
    this.details = details;
    this.repeatable = repeatable;
  }

  /** An error that charged nothing. */
  public static ServiceException of(ErrorCode code, String message) {
    return new ServiceException(code, message, null, "0", null, null, Map.of(), true);
  }

  /** An error about one named field of the request, which charged nothing. */
  public static ServiceException about(ErrorCode code, String param, String message) {
    return new ServiceException(code, message, param, "0", null, null, Map.of(), true);
  }

  /** An error that charged nothing and may be repeated after a while. */
  public static ServiceException later(ErrorCode code, Duration retryAfter, String message) {
    return new ServiceException(code, message, null, "0", retryAfter, null, Map.of(), true);
  }

  /**
   * An error about one named field with more members for OpenAI's object; it charged nothing, and
   * may be repeated after a while if that is given.
   */
  public static ServiceException detailed(
      ErrorCode code,
      String param,
      @Nullable Duration retryAfter,
      String message,
      Map<String, @Nullable Object> details) {
    return new ServiceException(
        code,
        message,
        param,
        "0",
        retryAfter,
        null,
        Collections.unmodifiableMap(new LinkedHashMap<>(details)),
        true);
  }

  /**
   * An error with more members for its body, by which programs tell it from others of its code; it
   * charged nothing.
   */
  public static ServiceException told(
      ErrorCode code, String message, Map<String, @Nullable Object> details) {
    return new ServiceException(
        code,
        message,
        null,
        "0",
        null,
        null,
        Collections.unmodifiableMap(new LinkedHashMap<>(details)),
        true);
  }

  /** An error on our side that charged nothing; the cause goes to the log only. */
  public static ServiceException because(ErrorCode code, String message, Throwable cause) {
    return new ServiceException(code, message, null, "0", null, cause, Map.of(), true);
  }

  /** A path, object or id that does not exist, or that this caller may not see. */
  public static ServiceException notFound(String what) {
    return of(ErrorCode.NOT_FOUND, what + " does not exist.");
  }

  /** The journal cannot take an entry now; nothing ran and nothing was charged. */
  public static ServiceException meteringUnavailable() {
    return later(
        ErrorCode.METERING_UNAVAILABLE,
        Duration.ofSeconds(2),
        "The request could not be metered, so it was not served. Nothing was charged. Send it"
            + " again.");
  }

  /** Nobody published a price of this model, so nothing may run. */
  public static ServiceException withoutPrice(String model) {
    return later(
        ErrorCode.METERING_UNAVAILABLE,
        Duration.ofMinutes(1),
        "The model '%s' has no price now, so it was not served. Nothing was charged. It is served"
            .concat(" as soon as whoever runs this site has published one.")
            .formatted(model));
  }

  /** The same error with what it charged: a decimal amount, or {@code "pending"}. */
  public ServiceException charged(String amount) {
    return new ServiceException(
        code,
        String.valueOf(getMessage()),
        param,
        amount,
        retryAfter,
        getCause(),
        details,
        repeatable);
  }

  /** The same error with one more sentence at the end of its message. */
  public ServiceException adding(String sentence) {
    return new ServiceException(
        code,
        getMessage() + " " + sentence,
        param,
        charged,
        retryAfter,
        getCause(),
        details,
        repeatable);
  }

  /** The same error with more members beside the usual ones. */
  public ServiceException with(Map<String, @Nullable Object> members) {
    return new ServiceException(
        code,
        String.valueOf(getMessage()),
        param,
        charged,
        retryAfter,
        getCause(),
        Collections.unmodifiableMap(new LinkedHashMap<>(members)),
        repeatable);
  }

  /** An error that charged nothing, of a code that may be repeated, but not of this request. */
  public static ServiceException once(ErrorCode code, String param, String message) {
    return new ServiceException(code, message, param, "0", null, null, Map.of(), false);
  }

  /** What happened. */
  public ErrorCode code() {
    return code;
  }

  /** The field of the request that it is about, if any. */
  public @Nullable String param() {
    return param;
  }

  /** Decimal amount that was charged, {@code "0"} for nothing. */
  public String charged() {
    return charged;
  }

  /** How long to wait before a repeat, if known. */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }

  /** What stands beside the usual members of the error's body. */
  public Map<String, @Nullable Object> details() {
    return details;
  }

  /** Whether a client library should repeat the request by itself. */
  public boolean shouldRetry() {
    return repeatable && code.retryable() && charged.equals("0");
  }
}
