package io.r1platform.api.relay;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.idempotency.KeyedRequest;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * What a client says about its own repeats.
 *
 * @param value of {@code Idempotency-Key}, 1 to 255 visible ASCII characters
 * @param after of {@code Last-Event-ID}: the output tokens that it has, 0 if none
 */
record ClientKey(String value, int after) {
  private static final String KEY = "Idempotency-Key";
  private static final String AFTER = "Last-Event-ID";
  private static final Pattern TOKENS = Pattern.compile("[0-9]{1,9}");

  /** Reads the headers; null if there is no key. Throws a 400 or 422 that names the header. */
  static @Nullable ClientKey of(HttpHeaders headers) {
    String key = KeyedRequest.keyOf(headers);
    String after = headers.getFirst(AFTER);
    if (key == null) {
      if (after != null) {
        throw ServiceException.about(
            ErrorCode.MISSING_PARAMETER,
            KEY,
            "A stream is resumed by its Idempotency-Key, which is missing. Nothing was charged.");
      }
      return null;
    }
    if (after != null && !TOKENS.matcher(after).matches()) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE,
          AFTER,
          "'Last-Event-ID' must be the id of an event of this stream. Nothing was charged.");
    }
    return new ClientKey(key, after == null ? 0 : Integer.parseInt(after));
  }
}
