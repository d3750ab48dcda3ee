package io.r1platform.api.files;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import org.jspecify.annotations.Nullable;

/** How a list is asked for, as OpenAI's clients do. */
public final class ListQuery {
  private ListQuery() {}

  /** Rows of a page. */
  public static int limit(@Nullable String limit, int most, int usual) {
    if (limit == null) {
      return usual;
    }
    if (!limit.matches("\\d{1,6}")) {
      throw ServiceException.about(ErrorCode.INVALID_TYPE, "limit", "'limit' is a whole number.");
    }
    int wanted = Integer.parseInt(limit);
    if (wanted < 1 || wanted > most) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE, "limit", "'limit' is 1 to %d.".formatted(most));
    }
    return wanted;
  }

  /** Whether the newest come first, as they do unless the caller says. */
  public static boolean newestFirst(@Nullable String order) {
    return switch (order) {
      case null -> true;
      case "desc" -> true;
      case "asc" -> false;
      default ->
          throw ServiceException.about(
              ErrorCode.UNSUPPORTED_VALUE, "order", "'order' is asc or desc.");
    };
  }
}
