package io.r1platform.billing.invoices;

import io.r1platform.billing.errors.ServiceException;
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
    return required("command_id", id);
  }

  static String actor(@Nullable String value) {
    return text("actor", value, MOST_ACTOR);
  }

  static String reason(@Nullable String value) {
    return text("reason", value, MOST_REASON);
  }

  static <T> T required(String name, @Nullable T value) {
    if (value == null) {
      throw ServiceException.invalidRequest("'%s' is needed.".formatted(name));
    }
    return value;
  }

  static @Nullable Long idOrNull(String name, @Nullable String value) {
    if (value != null && !value.matches("[0-9]{1,18}")) {
      throw ServiceException.invalidRequest("'%s' is an id, as a string.".formatted(name));
    }
    return value == null ? null : Long.valueOf(value);
  }

  /** As 2026-11. */
  static YearMonth month(String name, String value) {
    try {
      return YearMonth.parse(value);
    } catch (DateTimeException e) {
      throw ServiceException.invalidRequest("'%s' is a month, as in 2026-12.".formatted(name));
    }
  }

  /** The constant of this name. */
  static <E extends Enum<E>> E constant(String name, Class<E> type, @Nullable String value) {
    for (E one : type.getEnumConstants()) {
      if (one.name().equals(value)) {
        return one;
      }
    }
    throw ServiceException.invalidRequest(
        "'%s' is one of %s.".formatted(name, java.util.Arrays.toString(type.getEnumConstants())));
  }

  private static String text(String name, @Nullable String value, int most) {
    if (value == null || value.isBlank() || value.length() > most) {
      throw ServiceException.invalidRequest(
          "'%s' is needed, %d characters at most.".formatted(name, most));
    }
    return value;
  }
}
