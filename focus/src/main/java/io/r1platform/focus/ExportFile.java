package io.r1platform.focus;

import io.r1platform.focus.Check.NotUnderstood;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * An export file in DuckDB's table {@code data}: every column as text, null as null, and {@code
 * row_number} from 1. When it is loaded, DuckDB may open no file and load no extension any more.
 */
final class ExportFile {
  static final String ROW = "r1 row";
  private static final int MOST_COLUMNS = 500;

  private enum Format {
    CSV(
        "read_csv(%s, header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"',"
            + " nullstr = '', allow_quoted_nulls = false)"),
    JSONL(CSV.reader),
    PARQUET("read_parquet(%s)");

    private final String reader;

    Format(String reader) {
      this.reader = reader;
    }

    static Format of(Path file) {
      String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
      if (name.endsWith(".csv") || name.endsWith(".csv.gz")) {
        return CSV;
      }
      if (name.endsWith(".jsonl") || name.endsWith(".jsonl.gz")) {
        return JSONL;
      }
      if (name.endsWith(".parquet")) {
        return PARQUET;
      }
      throw new NotUnderstood("the file is no .csv, .csv.gz, .jsonl, .jsonl.gz or .parquet");
    }

    private String reads(Path file) {
      return reader.formatted(Sql.text(file.toAbsolutePath().toString()));
    }
  }

  private ExportFile() {}

  /** A database of its own in memory, which holds at most 2 GB and two threads. */
  static Connection database() throws SQLException {
    var settings = new Properties();
    settings.put("autoinstall_known_extensions", "false");
    settings.put("autoload_known_extensions", "false");
    settings.put("allow_community_extensions", "false");
    settings.put("memory_limit", "2GB");
    settings.put("threads", "2");
    return new org.duckdb.DuckDBDriver().connect("jdbc:duckdb:", settings);
  }

  /**
   * Loads a file.
   *
   * @return the columns in their order, and the file's type of each
   * @throws NotUnderstood if it is of no known format or has more than 500 columns
   */
  static Map<String, String> load(Connection database, Path file) throws IOException, SQLException {
    if (!Files.isRegularFile(file)) {
      throw new NotUnderstood("there is no file " + file);
    }
    if (file.toAbsolutePath().toString().matches(".*[*?\\[\\]{}].*")) {
      throw new NotUnderstood("the file's path has a character of * ? [ ] { }");
    }
    Format format = Format.of(file);
    Path made = Files.createTempDirectory("r1-focus").resolve("lines.csv");
    try {
      if (format == Format.JSONL) {
        JsonLines.toCsv(file, made);
        return load(database, format, made);
      }
      return load(database, format, file);
    } finally {
      Files.deleteIfExists(made);
      Files.deleteIfExists(made.getParent());
    }
  }

  private static Map<String, String> load(Connection database, Format format, Path file)
      throws SQLException {
    try (var statement = database.createStatement()) {
      var types = new LinkedHashMap<String, String>();
      try (var described = statement.executeQuery("describe select * from " + format.reads(file))) {
        while (described.next() && types.size() <= MOST_COLUMNS) {
          types.put(described.getString("column_name"), described.getString("column_type"));
        }
      }
      if (types.size() > MOST_COLUMNS || types.containsKey(ROW)) {
        throw new NotUnderstood("the file has more than 500 columns, or one named " + ROW);
      }
      statement.execute(
          "create table data as select row_number() over () as %s, %s from %s"
              .formatted(
                  Sql.name(ROW),
                  types.entrySet().stream()
                      .map(column -> asText(column.getKey(), column.getValue()))
                      .collect(Collectors.joining(", ")),
                  format.reads(file)));
      statement.execute("set enable_external_access = false");
      statement.execute("set lock_configuration = true");
      return types;
    }
  }

  private static String asText(String column, String type) {
    String name = Sql.name(column);
    String text =
        type.startsWith("TIMESTAMP")
            ? ("case when date_trunc('second', %1$s::timestamp) = %1$s::timestamp"
                    + " then strftime(%1$s::timestamp, '%%Y-%%m-%%dT%%H:%%M:%%SZ')"
                    + " else strftime(%1$s::timestamp, '%%Y-%%m-%%dT%%H:%%M:%%S.%%fZ') end")
                .formatted(name)
            : "cast(" + name + " as varchar)";
    return text + " as " + name;
  }
}
