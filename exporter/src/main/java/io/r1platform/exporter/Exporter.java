package io.r1platform.exporter;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;

/**
 * Reads CSV rows on standard input (without a header; {@code \N} is null), writes them to one file,
 * reads the file back and says what it holds: lines {@code rows N}, {@code sum CURRENCY AMOUNT} for
 * each currency, {@code peak_kib N}. Fails with a stack trace and another exit code than 0.
 *
 * <p>Arguments: the format, the file (new), a scratch directory, DuckDB's memory limit in MiB, the
 * columns of amount and currency that are summed ({@code -} and {@code -}: none), then each column
 * as {@code name:TYPE}.
 */
public final class Exporter {
  private static final String NONE = "-";
  private static final int OPTIONS = 6;

  private Exporter() {}

  /** The child's beginning. */
  public static void main(String[] arguments) throws SQLException, IOException {
    FileFormat format = FileFormat.named(arguments[0]);
    Path file = Path.of(arguments[1]).toAbsolutePath();
    Path scratch = Path.of(arguments[2]).toAbsolutePath();
    List<Column> columns = Arrays.stream(arguments).skip(OPTIONS).map(Column::of).toList();
    var out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      for (String setting : settings(file, scratch, Integer.parseInt(arguments[3]))) {
        statement.execute(setting);
      }
      statement.execute(format.copy(columns, file.toString()));
      say(statement, format, columns, file, arguments[4], arguments[5], out);
    }
    out.println("peak_kib " + peakKib());
  }

  /**
   * One thread, so that the same rows give the same bytes; no network, no extension, no other file.
   */
  private static List<String> settings(Path file, Path scratch, int memoryMib) {
    return List.of(
        "set threads = 1",
        "set preserve_insertion_order = true",
        "set memory_limit = '%dMiB'".formatted(memoryMib),
        "set temp_directory = '%s'".formatted(quoted(scratch)),
        "set autoinstall_known_extensions = false",
        "set autoload_known_extensions = false",
        "set allow_community_extensions = false",
        "set allowed_paths = ['/dev/stdin', '%s']".formatted(quoted(file)),
        "set allowed_directories = ['%s']".formatted(quoted(scratch)),
        "set enable_external_access = false",
        "set lock_configuration = true");
  }

  private static void say(
      Statement statement,
      FileFormat format,
      List<Column> columns,
      Path file,
      String amount,
      String currency,
      PrintStream out)
      throws SQLException {
    if (amount.equals(NONE)) {
      List<String> first = List.of(columns.getFirst().name());
      String rows = format.reading(columns, first, file.toString());
      try (ResultSet found = statement.executeQuery("select count(*) from (%s)".formatted(rows))) {
        found.next();
        out.println("rows " + found.getLong(1));
      }
      return;
    }
    String rows = format.reading(columns, List.of(amount, currency), file.toString());
    String sums =
        """
        select "%2$s", count(*), sum("%1$s"::decimal(38,18))::varchar
        from (%3$s) group by 1 order by 1"""
            .formatted(amount, currency, rows);
    long count = 0;
    try (ResultSet found = statement.executeQuery(sums)) {
      while (found.next()) {
        count += found.getLong(2);
        out.println("sum " + found.getString(1) + " " + found.getString(3));
      }
    }
    out.println("rows " + count);
  }

  /** What the process took of memory at most; 0 where the system does not say. */
  private static long peakKib() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    try (var lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
          .findFirst()
          .orElse(0);
    }
  }

  private static String quoted(Path path) {
    return path.toString().replace("'", "''");
  }
}
