package io.r1platform.billing.exports;

import io.r1platform.billing.errors.ServiceException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rows and columns of one export.
 *
 * @param columns those that are written, in this order
 * @param to the end, excluded
 * @param organizationId null: all
 * @param projectId one of the organization's; null: all of them
 */
record Scope(
    Dataset dataset,
    List<Column> columns,
    Instant from,
    Instant to,
    @Nullable Long organizationId,
    @Nullable Long projectId) {
  /** The names of the columns that a manifest sums; a dataset has one of them, or none. */
  private static final List<String> AMOUNTS = List.of("cost", "amount", "BilledCost");

  private static final List<String> CURRENCIES = List.of("currency", "BillingCurrency");
  private static final int NONE = -1;

  Scope {
    if (!from.isBefore(to)) {
      throw ServiceException.invalidRequest("'from' must be before 'to'.");
    }
    if (dataset.ofWholeDays() && !(isMidnight(from) && isMidnight(to))) {
      throw ServiceException.invalidRequest(
          "'from' and 'to' of %s are UTC days.".formatted(dataset.name()));
    }
    if (projectId != null && (organizationId == null || !dataset.hasProjects())) {
      throw ServiceException.invalidRequest(
          "'project_id' goes with 'organization_id', and not with %s.".formatted(dataset.name()));
    }
    columns = List.copyOf(columns);
  }

  private static boolean isMidnight(Instant moment) {
    return moment.equals(moment.truncatedTo(ChronoUnit.DAYS));
  }

  /** Every column. */
  static Scope of(Dataset dataset, Instant from, Instant to, @Nullable Long organizationId) {
    return new Scope(dataset, dataset.columns(), from, to, organizationId, null);
  }

  /**
   * The same of one project only; null: of all.
   *
   * @throws ServiceException {@code invalid_request} where the dataset has no projects
   */
  Scope ofProject(@Nullable Long project) {
    return new Scope(dataset, columns, from, to, organizationId, project);
  }

  /**
   * The same with these columns only.
   *
   * @param names in the order they are wanted in; empty: every column
   * @throws ServiceException {@code invalid_request} for a name that is not there, or there twice
   */
  Scope selecting(List<String> names) {
    if (names.isEmpty()) {
      return this;
    }
    Map<String, Column> known =
        dataset.columns().stream().collect(Collectors.toMap(Column::name, Function.identity()));
    var seen = new HashSet<String>();
    List<Column> selected =
        names.stream()
            .map(
                name -> {
                  Column column = known.get(name);
                  if (column == null || !seen.add(name)) {
                    throw ServiceException.invalidRequest(
                        "'columns' are columns of %s, each once at most: not '%s'."
                            .formatted(dataset.name(), name));
                  }
                  return column;
                })
            .toList();
    return new Scope(dataset, selected, from, to, organizationId, projectId);
  }

  /** Whether a column of this name is written. */
  boolean has(String name) {
    return columns.stream().anyMatch(column -> column.name().equals(name));
  }

  /** The columns' names as they are asked for: none for all. */
  List<String> selected() {
    return columns.equals(dataset.columns())
        ? List.of()
        : columns.stream().map(Column::name).toList();
  }

  /** The place of the column that is summed; -1 if it or its currency is not among the columns. */
  int amount() {
    return currency() == NONE ? NONE : place(AMOUNTS, Column.Type.DECIMAL);
  }

  /** The place of the column of the currency, or -1. */
  int currency() {
    return place(CURRENCIES, Column.Type.TEXT);
  }

  private int place(List<String> names, Column.Type type) {
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      if (column.type() == type && names.contains(column.name())) {
        return i;
      }
    }
    return NONE;
  }
}
