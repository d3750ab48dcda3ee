package io.r1platform.billing.exports;

import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A dataset's query as PostgreSQL's COPY, which takes no parameters: they stand in its text. */
final class CopyQuery {
  private static final Pattern PARAMETER =
      Pattern.compile("(?<!:):(organization|project|from|to)\\b");

  private CopyQuery() {}

  /**
   * Rows of CSV for the child: null is {@code \N}, and a field alone on its line is quoted. Times
   * are as readers get them where the file is of text.
   */
  static String forChild(Scope scope, FileFormat format) {
    String options =
        scope.columns().size() == 1
            ? "format csv, null '\\N', force_quote *"
            : "format csv, null '\\N'";
    return copy(scope, format != FileFormat.PARQUET, options);
  }

  /** Rows of CSV as a reader gets them, without a header. */
  static String forReaders(Scope scope) {
    return copy(scope, true, "format csv");
  }

  /** The dataset's own query, as it is. */
  static String plain(Scope scope) {
    return "copy (" + bound(scope) + ") to stdout (format csv)";
  }

  private static String copy(Scope scope, boolean isoTimes, String options) {
    String seconds = scope.dataset().name().startsWith("focus_") ? "SS" : "SS.US"; // FOCUS's format
    String columns =
        scope.columns().stream()
            .map(column -> selected(column, isoTimes ? seconds : null))
            .collect(Collectors.joining(", "));
    return "copy (select %s from (%s) rows) to stdout (%s)"
        .formatted(columns, bound(scope), options);
  }

  private static String selected(Column column, @Nullable String seconds) {
    String name = '"' + column.name() + '"';
    return switch (column.type()) {
      case TEXT, JSON -> name;
      case BIGINT -> name + "::bigint";
      case DECIMAL -> "trim_scale(" + name + "::numeric(38,18))";
      case TIMESTAMP ->
          seconds == null
              ? name + "::timestamptz"
              : "to_char(%s at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:%s\"Z\"')"
                  .formatted(name, seconds);
    };
  }

  private static String bound(Scope scope) {
    return PARAMETER
        .matcher(scope.dataset().sql())
        .replaceAll(
            found ->
                switch (found.group(1)) {
                  case "organization" -> id(scope.organizationId());
                  case "project" -> id(scope.projectId());
                  case "from" -> "timestamptz '" + scope.from() + "'";
                  default -> "timestamptz '" + scope.to() + "'";
                });
  }

  private static String id(@Nullable Long id) {
    return id == null ? "null::bigint" : id + "::bigint";
  }
}
