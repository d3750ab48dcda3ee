package io.r1platform.billing.adjustments;

import io.r1platform.billing.errors.ServiceException;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.YearMonth;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads members of bodies; each says what is wrong with it. */
final class Wire {
  private static final int MOST_ACTOR = 200;
  private static final int MOST_REASON = 500;

  private Wire() {}

  static UUID command(@Nullable UUID id) {
    if (id == null) {
      throw ServiceException.invalidRequest("'command_id' (a UUID) is needed.");
    }
    return id;
  }

  static long id(String name, @Nullable String value) {
    if (value == null || !value.matches("[0-9]{1,18}")) {
      throw ServiceException.invalidRequest("'%s' is an id, as a string.".formatted(name));
    }
    return Long.parseLong(value);
  }

  static BigInteger pico(String name, @Nullable String value) {
    if (value == null || !value.matches("[1-9][0-9]{0,29}")) {
      throw ServiceException.invalidRequest(
          "'%s' is a whole number of pico above 0, as a string.".formatted(name));
    }
    return new BigInteger(value);
  }

  static YearMonth month(String name, @Nullable String value) {
    try {
      if (value != null) {
        return YearMonth.parse(value);
      }
    } catch (DateTimeException e) {
      throw badMonth(name);
    }
    throw badMonth(name);
  }

  static String actor(@Nullable String value) {
    return text("actor", value, MOST_ACTOR);
  }

  static String reason(@Nullable String value) {
    return text("reason", value, MOST_REASON);
  }

  private static String text(String name, @Nullable String value, int most) {
    if (value == null || value.isBlank() || value.length() > most) {
      throw ServiceException.invalidRequest(
          "'%s' is needed, %d characters at most.".formatted(name, most));
    }
    return value;
  }

  private static ServiceException badMonth(String name) {
    return ServiceException.invalidRequest("'%s' is a month, as in 2026-12.".formatted(name));
  }
}
