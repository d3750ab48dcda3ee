package io.r1platform.exporter;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** How a file is written, and read again, in DuckDB's SQL. */
enum FileFormat {
  CSV("format csv, header true, compression uncompressed"),
  CSV_GZ("format csv, header true, compression gzip"),
  JSONL_GZ("format json, array false, compression gzip"),
  PARQUET("format parquet, compression zstd, row_group_size 122880");

  private final String options;

  FileFormat(String options) {
    this.options = options;
  }

  /** The statement that writes all rows of standard input. */
  String copy(List<Column> columns, String file) {
    String read =
        columns.stream()
            .map(column -> "'%s': '%s'".formatted(column.name(), readAs(column.type())))
            .collect(Collectors.joining(", "));
    String written = columns.stream().map(this::written).collect(Collectors.joining(", "));
    return """
        copy (select %s from read_csv('/dev/stdin', header = false, auto_detect = false,
          delim = ',', quote = '"', escape = '"', new_line = '\\n', nullstr = '\\N',
          allow_quoted_nulls = false, null_padding = false, strict_mode = true, parallel = false,
          max_line_size = 1048576, buffer_size = 8388608, columns = {%s}))
        to '%s' (%s)"""
        .formatted(written, read, quoted(file), options);
  }

  /** The rows of a file, of these columns only; as text where the file is of text. */
  String reading(List<Column> columns, List<String> wanted, String file) {
    String names = wanted.stream().map(FileFormat::name).collect(Collectors.joining(", "));
    String from = quoted(file);
    String texts =
        columns.stream()
            .filter(column -> this != JSONL_GZ || wanted.contains(column.name()))
            .map(column -> "'%s': 'VARCHAR'".formatted(column.name()))
            .collect(Collectors.joining(", "));
    return switch (this) {
      case PARQUET -> "select %s from read_parquet('%s')".formatted(names, from);
      case CSV, CSV_GZ ->
          """
          select %s from read_csv('%s', compression = '%s', header = true, auto_detect = false,
            delim = ',', quote = '"', escape = '"', new_line = '\\n', parallel = false,
            max_line_size = 1048576, buffer_size = 8388608, columns = {%s})"""
              .formatted(names, from, this == CSV ? "none" : "gzip", texts);
      case JSONL_GZ ->
          """
          select %s from read_json('%s', compression = 'gzip', format = 'newline_delimited',
            columns = {%s})"""
              .formatted(names, from, texts);
    };
  }

  private String readAs(Column.Type type) {
    if (this != PARQUET) {
      return "VARCHAR"; // as PostgreSQL wrote it
    }
    return switch (type) {
      case TEXT, JSON -> "VARCHAR";
      case DECIMAL -> "DECIMAL(38,18)";
      case BIGINT -> "BIGINT";
      case TIMESTAMP -> "TIMESTAMPTZ";
    };
  }

  private String written(Column column) {
    String name = name(column.name());
    if (this == PARQUET) {
      return name;
    }
    return switch (column.type()) {
      case TEXT, DECIMAL, BIGINT, TIMESTAMP -> name; // as they come
      case JSON -> this == JSONL_GZ ? "%1$s::json as %1$s".formatted(name) : name;
    };
  }

  private static String name(String column) {
    return '"' + column + '"';
  }

  private static String quoted(String path) {
    return path.replace("'", "''");
  }

  static FileFormat named(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }
}
