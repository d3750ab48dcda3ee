package io.r1platform.billing.focus;

import io.r1platform.billing.exports.Column;
import io.r1platform.billing.exports.Dataset;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A dataset's rows as text, as a CSV file has them.
 *
 * @param rows by column; null is null
 */
record Rows(List<String> columns, List<Row> rows) {
  /** Cells by column. */
  record Row(Map<String, @Nullable String> cells) {
    @Nullable String get(String column) {
      return cells.get(column);
    }

    boolean is(String column, String value) {
      return value.equals(cells.get(column));
    }

    BigDecimal decimal(String column) {
      return new BigDecimal(String.valueOf(cells.get(column)));
    }

    BigDecimal product(String price) {
      return decimal(price).multiply(decimal("PricingQuantity"));
    }
  }

  static Rows of(
      JdbcClient jdbc, Dataset dataset, @Nullable Long organization, Instant from, Instant to) {
    List<String> names = dataset.columns().stream().map(Column::name).toList();
    List<Row> rows =
        jdbc.sql(dataset.sql())
            .param("organization", organization)
            .param("from", from.atOffset(ZoneOffset.UTC))
            .param("to", to.atOffset(ZoneOffset.UTC))
            .query(
                (row, n) -> {
                  var cells = new LinkedHashMap<String, @Nullable String>();
                  for (int i = 0; i < names.size(); i++) {
                    String label = row.getMetaData().getColumnLabel(i + 1);
                    if (!label.equals(names.get(i))) {
                      throw new AssertionError(label + " is not " + names.get(i));
                    }
                    cells.put(label, text(dataset.columns().get(i), row.getObject(i + 1)));
                  }
                  if (row.getMetaData().getColumnCount() != names.size()) {
                    throw new AssertionError("columns beyond " + names);
                  }
                  return new Row(cells);
                })
            .list();
    return new Rows(names, rows);
  }

  private static @Nullable String text(Column column, @Nullable Object value) {
    if (value == null) {
      return null;
    }
    return switch (column.type()) {
      case DECIMAL -> ((BigDecimal) value).toPlainString();
      case TIMESTAMP -> ((Timestamp) value).toInstant().toString();
      case BIGINT -> Long.toString((Long) value);
      case TEXT, JSON -> (String) value;
    };
  }

  /** The same with another value in the first row that is so. */
  Rows flip(Predicate<Row> where, String column, @Nullable String value) {
    var changed = new ArrayList<Row>(rows);
    for (int i = 0; i < changed.size(); i++) {
      if (where.test(changed.get(i))) {
        var row = new LinkedHashMap<String, @Nullable String>(changed.get(i).cells);
        row.put(column, value);
        changed.set(i, new Row(row));
        return new Rows(columns, changed);
      }
    }
    throw new AssertionError("no such row");
  }

  Rows without(String column) {
    return new Rows(columns.stream().filter(name -> !name.equals(column)).toList(), rows);
  }

  Rows where(Predicate<Row> wanted) {
    return new Rows(columns, rows.stream().filter(wanted).toList());
  }

  BigDecimal sum(String column) {
    return rows.stream()
        .map(row -> row.get(column))
        .map(cell -> cell == null ? BigDecimal.ZERO : new BigDecimal(cell))
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  /** As CSV: null is nothing, the empty text is in quotes. */
  Path write(Path file) throws IOException {
    var text = new StringBuilder(String.join(",", columns)).append('\n');
    for (Row row : rows) {
      text.append(columns.stream().map(c -> quoted(row.get(c))).collect(Collectors.joining(",")))
          .append('\n');
    }
    return Files.writeString(file, text, StandardCharsets.UTF_8);
  }

  private static String quoted(@Nullable String cell) {
    return cell == null ? "" : "\"" + cell.replace("\"", "\"\"") + "\"";
  }
}
