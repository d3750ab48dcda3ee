package io.r1platform.billing.budgets;

import java.util.Collection;
import java.util.function.Function;
import java.util.stream.Collectors;

/** PostgreSQL array literals of numbers, times and plain words. */
final class Literal {
  private Literal() {}

  static String array(Collection<?> values) {
    return array(values, value -> value);
  }

  static <T> String array(Collection<T> rows, Function<T, Object> column) {
    return rows.stream()
        .map(row -> column.apply(row).toString())
        .collect(Collectors.joining(",", "{", "}"));
  }
}
