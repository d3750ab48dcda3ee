package io.r1platform.billing.retention;

import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * DuckDB in a process of its own, since it is native code: turns a CSV file into Parquet, reads the
 * Parquet file back and says what is in it.
 */
final class ParquetProcess {
  private static final String LAUNCHER =
      "org.springframework.boot.loader.launch.PropertiesLauncher";
  private static final long PATIENCE_MINUTES = 60;

  /** What the Parquet file holds. */
  record Content(long rows, BigDecimal amount) {}

  private ParquetProcess() {}

  /** Runs the child; fails with what it printed unless it ends well. */
  static Content run(Path csv, Path parquet) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command(csv, parquet)).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said;
    try (var out = process.getInputStream()) {
      said = new String(out.readNBytes(1 << 16), StandardCharsets.UTF_8);
    }
    if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IOException("DuckDB did not end");
    }
    String last = said.strip().lines().reduce("", (before, line) -> line);
    if (process.exitValue() != 0 || !last.startsWith("content ")) {
      throw new IOException("DuckDB failed: " + said);
    }
    String[] words = last.split(" ", -1);
    return new Content(Long.parseLong(words[1]), new BigDecimal(words[2]));
  }

  private static List<String> command(Path csv, Path parquet) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx64m", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    if (isInExecutableJar()) {
      command.addAll(List.of("-Dloader.main=" + ParquetProcess.class.getName(), LAUNCHER));
    } else {
      command.add(ParquetProcess.class.getName());
    }
    command.addAll(List.of(csv.toString(), parquet.toString()));
    return command;
  }

  private static boolean isInExecutableJar() {
    return ParquetProcess.class.getClassLoader().getClass().getName().contains(".boot.loader.");
  }

  /** The child. Arguments: the CSV file, the Parquet file. */
  static void main(String[] arguments) throws SQLException {
    try (var connection = DriverManager.getConnection("jdbc:duckdb:");
        var statement = connection.createStatement()) {
      statement.execute("set memory_limit = '512MB'");
      statement.execute("set threads = 1");
      statement.execute("set temp_directory = '%s.spill'".formatted(quoted(arguments[1])));
      statement.execute(
          """
          copy (
            select bucket::date as bucket, event_id::uuid as event_id, finish::int as finish,
              flags::int as flags, model_id::int as model_id, tenant_id::bigint as tenant_id,
              project_id::bigint as project_id, api_key_id::bigint as api_key_id,
              make_timestamp(admitted_micros::bigint) as admitted_at,
              make_timestamp(finished_micros::bigint) as finished_at,
              tok_hit::int as tok_hit, tok_miss::int as tok_miss, tok_reason::int as tok_reason,
              tok_answer::int as tok_answer, waived_in::int as waived_in,
              waived_out::int as waived_out, ttft_ms::int as ttft_ms, win::int as win,
              version_id::bigint as version_id, amount_pico::bigint as amount_pico,
              unhex(salt) as salt, unhex(output_sha256) as output_sha256,
              unhex(leaf_sha256) as leaf_sha256, journal_id::uuid as journal_id
            from read_csv('%s', header = true, all_varchar = true)
            order by tenant_id, event_id
          ) to '%s' (format parquet, compression zstd)
          """
              .formatted(quoted(arguments[0]), quoted(arguments[1])));
      try (var content =
          statement.executeQuery(
              "select count(*), coalesce(sum(amount_pico), 0)::varchar from read_parquet('%s')"
                  .formatted(quoted(arguments[1])))) {
        content.next();
        var out = new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true);
        out.println("content " + content.getLong(1) + " " + content.getString(2));
      }
    }
  }

  private static String quoted(String path) {
    return path.replace("'", "''");
  }
}
