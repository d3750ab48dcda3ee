package io.r1platform.billing.pages;

import io.r1platform.billing.errors.ServiceException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list whose rows have ids that rise with time; bound from a query.
 *
 * @param limit at most so many rows, 1 to 1,000; null: 200
 * @param after the id of the last row of the page before; null: the first page
 * @param descending the newest first; null: as the list is by itself
 */
public record ListPage(
    @Nullable Integer limit, @Nullable Long after, @Nullable Boolean descending) {
  private static final int MOST = 1_000;
  private static final int ROWS = 200;

  /**
   * How many rows it has at most.
   *
   * @throws ServiceException {@code invalid_request}
   */
  public int rows() {
    int rows = limit == null ? ROWS : limit;
    if (rows < 1 || rows > MOST) {
      throw ServiceException.invalidRequest("'limit' is 1 to %d.".formatted(MOST));
    }
    return rows;
  }

  /**
   * The end of a query, behind {@code where … and}: one row more than the page has.
   *
   * @param id the column
   * @param newestFirst how the list is by itself
   */
  public String following(String id, boolean newestFirst) {
    boolean down = descending == null ? newestFirst : descending;
    long from = after != null ? after : down ? Long.MAX_VALUE : Long.MIN_VALUE;
    return " %1$s %2$s %3$d order by %1$s %4$s limit %5$d "
        .formatted(id, down ? "<" : ">", from, down ? "desc" : "asc", rows() + 1);
  }

  /** The page, of what the query found. */
  public <T> List<T> of(List<T> found) {
    return found.subList(0, Math.min(rows(), found.size()));
  }

  /** The next page's {@code after}; null where there is none. */
  public <T> @Nullable String next(List<T> found, Function<T, String> id) {
    return found.size() > rows() ? id.apply(found.get(rows() - 1)) : null;
  }
}
