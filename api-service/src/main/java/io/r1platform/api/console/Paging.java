package io.r1platform.api.console;

import io.r1platform.api.errors.ErrorCode;
import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.tenants.Listing;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;

/**
 * Which page of a list is asked for: {@code limit}, {@code after}, {@code sort}. Pages follow each
 * other by the id of the last row, so that what is added or removed meanwhile moves none.
 *
 * @param rows at most so many
 * @param after what the page before had as {@code next}; null: the first page
 * @param field what rows are ordered by
 */
record Paging(int rows, @Nullable String after, String field, boolean isDescending) {
  private static final int ROWS = 50;
  private static final int NAMES = 1_000;

  /**
   * Reads it.
   *
   * @param sorts what the list may be ordered by; the first holds where nothing is sent
   */
  static Paging of(MultiValueMap<String, String> sent, String... sorts) {
    return of(sent, ROWS, sorts);
  }

  /** The same of a list that has other rows where no {@code limit} is sent. */
  static Paging of(MultiValueMap<String, String> sent, int rows, String... sorts) {
    String sort = sent.getFirst("sort");
    if (sort == null || sort.isBlank()) {
      sort = sorts[0];
    } else if (!List.of(sorts).contains(sort)) {
      throw ServiceException.about(
          ErrorCode.INVALID_VALUE,
          "sort",
          "This list is sorted by one of: " + String.join(", ", sorts) + ".");
    }
    boolean descending = sort.startsWith("-");
    String limit = sent.getFirst("limit");
    String after = sent.getFirst("after");
    return new Paging(
        limit == null || limit.isBlank() ? rows : Fields.limit(limit),
        after == null || after.isBlank() ? null : after,
        descending ? sort.substring(1) : sort,
        descending);
  }

  /**
   * Of a list of what has names, which is asked for whole mostly: 1,000 rows if nothing is sent.
   */
  static Paging ofNames(MultiValueMap<String, String> sent) {
    return of(sent, NAMES, "name", "-name", "created_at", "-created_at");
  }

  /** That list's page, and one row more. */
  Listing listing() {
    return new Listing(afterId(), field.equals("name"), isDescending, look());
  }

  /** The cursor where it is an id. */
  @Nullable Long afterId() {
    return Fields.optionalId("after", after);
  }

  /** How many rows to look for: one more says whether there is another page. */
  int look() {
    return rows + 1;
  }

  /** The page, of what {@link #look} found. */
  <T, I> Page<I> page(List<T> found, ToLongFunction<T> id, Function<T, I> item) {
    List<T> page = found.subList(0, Math.min(rows, found.size()));
    return new Page<>(
        page.stream().map(item).toList(),
        found.size() > rows ? Long.toString(id.applyAsLong(page.getLast())) : null);
  }

  /** The query for billing, which pages likewise. */
  Query on(Query query) {
    return query
        .with("limit", Integer.toString(rows))
        .with("after", after)
        .with("descending", Boolean.toString(isDescending));
  }

  /**
   * A page.
   *
   * @param next the next page's {@code after}; null: this is the last one
   */
  record Page<I>(List<I> items, @Nullable String next) {}
}
