package io.r1platform.api.keys;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * On what terms a key is issued; all of them can be changed.
 *
 * @param name 1 to 100 characters, for people
 * @param expiresAt from when on it is refused; null for never
 */
public record KeyTerms(String name, @Nullable Instant expiresAt, Rights rights) {
  public KeyTerms {
    name = name.strip();
    if (name.isEmpty() || name.length() > 100 || name.chars().anyMatch(Character::isISOControl)) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE,
          "name",
          "A name has 1 to 100 characters and no control characters.");
    }
  }
}
