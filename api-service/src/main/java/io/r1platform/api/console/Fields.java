package io.r1platform.api.console;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Reads fields of requests. Ids are strings of digits on the wire. */
final class Fields {
  private static final int LONGEST_PAGE = 200;

  private Fields() {}

  static String required(String name, @Nullable String value) {
    if (value == null || value.isBlank()) {
      throw ServiceException.about(
          ErrorCode.MISSING_PARAMETER, name, "The field " + name + " is missing.");
    }
    return value;
  }

  static long requiredId(String name, @Nullable String value) {
    return id(name, required(name, value));
  }

  static @Nullable Long optionalId(String name, @Nullable String value) {
    return value == null || value.isBlank() ? null : id(name, value);
  }

  private static long id(String name, String value) {
    if (!value.matches("[0-9]{1,18}")) {
      throw ServiceException.about(
          ErrorCode.INVALID_TYPE, name, "The field " + name + " is not an id.");
    }
    return Long.parseLong(value);
  }

  /** A text to compare with; control characters are in none that is stored. */
  static @Nullable String optionalText(String name, @Nullable String value) {
    if (value != null && value.chars().anyMatch(Character::isISOControl)) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE, name, "The field " + name + " has control characters.");
    }
    return value;
  }

  /** How many rows a page has. */
  static int limit(String sent) {
    if (!sent.matches("[0-9]{1,9}")) {
      throw ServiceException.about(
          ErrorCode.INVALID_TYPE, "limit", "The parameter limit is a whole number.");
    }
    int rows = Integer.parseInt(sent);
    if (rows < 1 || rows > LONGEST_PAGE) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE, "limit", "A page has 1 to %d rows.".formatted(LONGEST_PAGE));
    }
    return rows;
  }

  static @Nullable LocalDate optionalDay(String name, @Nullable String value) {
    if (value == null || value.isBlank()) {
      return null;
    }
    try {
      return LocalDate.parse(value);
    } catch (DateTimeParseException e) {
      throw ServiceException.about(
          ErrorCode.INVALID_TYPE, name, "The field " + name + " is a day, as in 2026-11-22.");
    }
  }

  static YearMonth month(String name, String value) {
    try {
      return YearMonth.parse(value);
    } catch (DateTimeParseException e) {
      throw ServiceException.about(
          ErrorCode.INVALID_TYPE, name, "The field " + name + " is a month, as in 2026-11.");
    }
  }

  /** The version in an {@code If-Match} header, with or without quotes. */
  static long version(@Nullable String ifMatch) {
    if (ifMatch == null) {
      throw ServiceException.of(
          ErrorCode.VERSION_REQUIRED,
          "Send the version that you have seen in the header If-Match, so that nobody's change is"
              + " lost.");
    }
    String version = ifMatch.strip().replaceAll("^\"(.*)\"$", "$1");
    if (!version.matches("[0-9]{1,18}")) {
      throw ServiceException.about(
          ErrorCode.INVALID_TYPE, "If-Match", "If-Match holds the version, as in \"3\".");
    }
    return Long.parseLong(version);
  }
}
