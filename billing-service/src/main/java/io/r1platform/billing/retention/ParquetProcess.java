package io.r1platform.billing.retention;

import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * DuckDB in a process of its own, since it is native code: turns CSV files into Parquet, reads the
 * Parquet files back and says what is in them.
 */
final class ParquetProcess {
  private static final String LAUNCHER =
      "org.springframework.boot.loader.launch.PropertiesLauncher";
  private static final Duration PATIENCE = Duration.ofMinutes(60);
  private static final Duration DYING = Duration.ofSeconds(10);
  private static final int MOST_SAID_BYTES = 65_536;
  private static final String CONTENT = "content ";

  /** What the Parquet file holds: the sum is of pico-dollars, or of an engine's tokens. */
  record Content(long rows, BigDecimal sum) {
    private static Content read(String line) {
      String[] words = line.split(" ", -1);
      return new Content(Long.parseLong(words[1]), new BigDecimal(words[2]));
    }
  }

  /** A CSV file that becomes a Parquet file. */
  record Job(Kind kind, Path csv, Path parquet) {}

  /** What can be in one; each has its columns as they are in the CSV file. */
  enum Kind {
    RECORDS(
        """
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
        """,
        "tenant_id, event_id",
        "amount_pico"),
    RECEIPTS(
        """
        select bucket::date as bucket, event_id::uuid as event_id, attempt::int as attempt,
          instance_id::uuid as instance_id, replica_id::bigint as replica_id,
          epoch::int as epoch, model_id::int as model_id, tok_hit::int as tok_hit,
          tok_miss::int as tok_miss, tok_reason::int as tok_reason, tok_out::int as tok_out,
          finish, unhex(output_sha256) as output_sha256,
          make_timestamp(started_micros::bigint) as started_at,
          make_timestamp(ended_micros::bigint) as ended_at, ship_seq::bigint as ship_seq
        """,
        "event_id, attempt",
        "tok_hit::bigint + tok_miss + tok_out");

    private final String columns;
    private final String order;
    private final String sum;

    Kind(String columns, String order, String sum) {
      this.columns = columns;
      this.order = order;
      this.sum = sum;
    }
  }

  private ParquetProcess() {}

  /** Runs the child; fails with what it printed unless it ends well. Says what each file holds. */
  static List<Content> run(List<Job> jobs) throws IOException, InterruptedException {
    String said = said(command(jobs), PATIENCE);
    List<Content> contents =
        said.lines().filter(line -> line.startsWith(CONTENT)).map(Content::read).toList();
    if (contents.size() != jobs.size()) {
      throw new IOException("DuckDB failed: " + said);
    }
    return contents;
  }

  /**
   * What a child printed, into a file: one that hangs would keep a reader of its output for ever.
   *
   * @throws IOException if it failed, or has not ended in time: then it is killed, so that it
   *     writes none of the files that are begun again
   */
  static String said(List<String> command, Duration patience)
      throws IOException, InterruptedException {
    Path said = Files.createTempFile("r1-duckdb", ".out");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      try {
        process.getOutputStream().close();
        if (!process.waitFor(patience)) {
          process.destroyForcibly().waitFor(DYING);
          throw new IOException("DuckDB did not end in " + patience);
        }
      } finally {
        process.destroyForcibly();
      }
      String text = text(said);
      if (process.exitValue() != 0) {
        throw new IOException("DuckDB failed: " + text);
      }
      return text;
    } finally {
      Files.deleteIfExists(said);
    }
  }

  private static String text(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return new String(in.readNBytes(MOST_SAID_BYTES), StandardCharsets.UTF_8);
    }
  }

  private static List<String> command(List<Job> jobs) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx64m", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    if (isInExecutableJar()) {
      command.addAll(List.of("-Dloader.main=" + ParquetProcess.class.getName(), LAUNCHER));
    } else {
      command.add(ParquetProcess.class.getName());
    }
    for (Job job : jobs) {
      command.addAll(List.of(job.kind.name(), job.csv.toString(), job.parquet.toString()));
    }
    return command;
  }

  private static boolean isInExecutableJar() {
    return ParquetProcess.class.getClassLoader().getClass().getName().contains(".boot.loader.");
  }

  /** The child. Arguments, for each file: what it holds, the CSV file, the Parquet file. */
  static void main(String[] arguments) throws SQLException {
    var out = new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true);
    try (var connection = DriverManager.getConnection("jdbc:duckdb:");
        var statement = connection.createStatement()) {
      statement.execute("set memory_limit = '512MB'");
      statement.execute("set threads = 1");
      for (int i = 0; i < arguments.length; i += 3) {
        Kind kind = Kind.valueOf(arguments[i]);
        String csv = quoted(arguments[i + 1]);
        String parquet = quoted(arguments[i + 2]);
        statement.execute("set temp_directory = '%s.spill'".formatted(parquet));
        statement.execute(
            """
            copy (%s from read_csv('%s', header = true, all_varchar = true) order by %s)
            to '%s' (format parquet, compression zstd)
            """
                .formatted(kind.columns, csv, kind.order, parquet));
        try (var content =
            statement.executeQuery(
                "select count(*), coalesce(sum(%s), 0)::varchar from read_parquet('%s')"
                    .formatted(kind.sum, parquet))) {
          content.next();
          out.println(CONTENT + content.getLong(1) + " " + content.getString(2));
        }
      }
    }
  }

  private static String quoted(String path) {
    return path.replace("'", "''");
  }
}
