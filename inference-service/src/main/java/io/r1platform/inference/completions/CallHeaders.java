package io.r1platform.inference.completions;

import io.r1platform.inference.errors.ErrorCode;
import io.r1platform.inference.errors.ServiceException;
import io.r1platform.inference.observability.RequestTraces;
import io.r1platform.inference.queue.ServiceClass;
import io.r1platform.inference.queue.Share;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * What the gateway says beside the client's body.
 *
 * @param eventId the request, a UUIDv7
 * @param attempt from 1
 * @param replica the gateway's replica and epoch
 * @param cacheSalt from the opaque keys of the tenant and its user; 0 = shares no computed prompts
 * @param model the resolved name, or null
 * @param maxTokens the resolved cap, or null
 * @param maxPromptTokens what the gateway holds money for, or null
 * @param share whose turn the request takes
 * @param timeout after which the answer ends as at its cap, or null
 * @param traceparent the gateway's span in W3C's form, or null
 * @param tellStart whether an answer that is not streamed tells when it has its first token
 */
record CallHeaders(
    UUID eventId,
    int attempt,
    String replica,
    long cacheSalt,
    @Nullable String model,
    @Nullable Integer maxTokens,
    @Nullable Integer maxPromptTokens,
    Share share,
    @Nullable Duration timeout,
    @Nullable String traceparent,
    boolean tellStart) {
  private static final int TEXT_MAX = 200;

  /** Seconds, to the millisecond; the gateway has its range. */
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,6}(\\.[0-9]{1,3})?");

  static CallHeaders of(HttpHeaders headers) {
    String tenant = headers.getFirst("x-r1-tenant");
    String replica = headers.getFirst("x-r1-replica");
    Integer attempt = integer(headers, "x-r1-attempt");
    return new CallHeaders(
        eventId(headers.getFirst("x-r1-request-id")),
        attempt == null ? 1 : attempt,
        replica == null || replica.length() > TEXT_MAX ? "0.0" : replica,
        cacheSalt(tenant, headers.getFirst("x-r1-cache-user")),
        model(headers),
        integer(headers, "x-r1-max-tokens"),
        integer(headers, "x-r1-max-prompt-tokens"),
        share(tenant, headers),
        timeout(headers.getFirst("x-r1-timeout")),
        headers.getFirst(RequestTraces.PARENT),
        "true".equals(headers.getFirst("x-r1-tell-start")));
  }

  /** The resolved name, or null. */
  static @Nullable String model(HttpHeaders headers) {
    return headers.getFirst("x-r1-model");
  }

  private static Share share(@Nullable String tenant, HttpHeaders headers) {
    String project = headers.getFirst("x-r1-project");
    Integer weight = integer(headers, "x-r1-weight");
    if (weight != null && weight > Share.WEIGHT_MAX) {
      throw ServiceException.invalidValue(
          "x-r1-weight", "The weight must be at most %d.".formatted(Share.WEIGHT_MAX));
    }
    return new Share(
        tenant == null ? "" : tenant,
        project == null ? "" : project,
        weight == null ? 1 : weight,
        serviceClass(headers.getFirst("x-r1-class")));
  }

  private static ServiceClass serviceClass(@Nullable String text) {
    return switch (text) {
      case "batch" -> ServiceClass.BATCH;
      case "interactive" -> ServiceClass.INTERACTIVE;
      case null -> ServiceClass.INTERACTIVE;
      default ->
          throw ServiceException.invalidValue(
              "x-r1-class", "The class must be interactive or batch.");
    };
  }

  static UUID eventId(@Nullable String text) {
    if (text == null) {
      throw ServiceException.ofParam(
          ErrorCode.MISSING_PARAMETER,
          "x-r1-request-id",
          "The header x-r1-request-id is required.");
    }
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw ServiceException.invalidValue("x-r1-request-id", "The request id must be a UUID.");
    }
  }

  private static @Nullable Integer integer(HttpHeaders headers, String name) {
    String text = headers.getFirst(name);
    if (text == null) {
      return null;
    }
    try {
      int value = Integer.parseInt(text.strip());
      if (value >= 1) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw ServiceException.invalidValue(name, "The header must be an integer from 1.");
    }
    throw ServiceException.invalidValue(name, "The header must be an integer from 1.");
  }

  private static @Nullable Duration timeout(@Nullable String seconds) {
    if (seconds == null) {
      return null;
    }
    if (SECONDS.matcher(seconds).matches()) {
      Duration timeout = Duration.ofMillis(new BigDecimal(seconds).movePointRight(3).longValue());
      if (timeout.isPositive()) {
        return timeout;
      }
    }
    throw ServiceException.invalidValue("x-r1-timeout", "The timeout must be seconds from 0.001.");
  }

  /** Of the tenant, or of one user within it; a user alone is nobody. */
  private static long cacheSalt(@Nullable String tenant, @Nullable String user) {
    if (tenant == null || tenant.isEmpty()) {
      return 0;
    }
    return salt(user == null || user.isEmpty() ? tenant : tenant + " " + user);
  }

  /** The same name, the same salt; never 0. */
  private static long salt(String tenant) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(tenant.getBytes(StandardCharsets.UTF_8));
      long salt = ByteBuffer.wrap(hash).getLong();
      return salt == 0 ? 1 : salt;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }
}
