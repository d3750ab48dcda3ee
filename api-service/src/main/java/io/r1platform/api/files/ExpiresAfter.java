package io.r1platform.api.files;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How long a tenant wants a file kept: an hour to 30 days from when it is made. */
public final class ExpiresAfter {
  private static final String ANCHOR = "created_at";
  private static final int LEAST = 3_600;
  private static final int MOST = 2_592_000;

  private ExpiresAfter() {}

  /**
   * Reads it.
   *
   * @param field what errors name
   */
  public static Duration of(@Nullable String anchor, @Nullable String seconds, String field) {
    if (anchor == null || !anchor.equals(ANCHOR)) {
      throw ServiceException.about(
          ErrorCode.UNSUPPORTED_VALUE,
          field + ".anchor",
          "'%s.anchor' must be %s.".formatted(field, ANCHOR));
    }
    if (seconds == null || !seconds.matches("\\d{1,9}")) {
      throw ServiceException.about(
          ErrorCode.INVALID_TYPE,
          field + ".seconds",
          "'%s.seconds' must be a whole number.".formatted(field));
    }
    int wanted = Integer.parseInt(seconds);
    if (wanted < LEAST || wanted > MOST) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE,
          field + ".seconds",
          "'%s.seconds' is %d to %d.".formatted(field, LEAST, MOST));
    }
    return Duration.ofSeconds(wanted);
  }
}
