package io.r1platform.focus;

import io.r1platform.focus.Check.NotUnderstood;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/**
 * Turns lines of JSON into CSV, since DuckDB would read a number as a binary fraction: here it
 * stays the digits that the file has.
 */
final class JsonLines {
  private static final int MOST_COLUMNS = 500;

  private interface Rows {
    void row(Map<String, @Nullable String> cells) throws IOException;
  }

  private JsonLines() {}

  /** Writes the CSV file. */
  static void toCsv(Path lines, Path csv) throws IOException {
    var columns = new LinkedHashSet<String>();
    read(
        lines,
        cells -> {
          columns.addAll(cells.keySet());
          if (columns.size() > MOST_COLUMNS) {
            throw new NotUnderstood("the file has more than 500 columns");
          }
        });
    if (columns.isEmpty()) {
      throw new NotUnderstood("the file has no line, so no column");
    }
    try (Writer out = Files.newBufferedWriter(csv)) {
      out.write(columns.stream().map(JsonLines::quoted).collect(Collectors.joining(",", "", "\n")));
      read(lines, cells -> write(out, columns, cells));
    }
  }

  private static void write(
      Writer out, SequencedSet<String> columns, Map<String, @Nullable String> cells)
      throws IOException {
    String separator = "";
    for (String column : columns) {
      out.write(separator);
      String cell = cells.get(column);
      out.write(cell == null ? "" : quoted(cell));
      separator = ",";
    }
    out.write('\n');
  }

  private static String quoted(String cell) {
    return "\"" + cell.replace("\"", "\"\"") + "\"";
  }

  private static void read(Path file, Rows rows) throws IOException {
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(file));
        InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw;
        JsonParser parser = JsonMapper.shared().createParser(in)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token != JsonToken.START_OBJECT) {
          throw new NotUnderstood("a line of the file is no JSON object");
        }
        rows.row(object(parser));
      }
    } catch (JacksonException e) {
      throw new NotUnderstood("the file is no JSON: " + e.getOriginalMessage());
    }
  }

  private static Map<String, @Nullable String> object(JsonParser parser) {
    var cells = new LinkedHashMap<String, @Nullable String>();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      cells.put(
          name,
          value == JsonToken.VALUE_NULL
              ? null
              : value == JsonToken.START_OBJECT || value == JsonToken.START_ARRAY
                  ? parser.readValueAsTree().toString()
                  : parser.getString());
    }
    return cells;
  }
}
