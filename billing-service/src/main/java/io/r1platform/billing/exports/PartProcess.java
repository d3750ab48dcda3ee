package io.r1platform.billing.exports;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The module {@code exporter} as a child process: takes rows of CSV and writes one file, of which
 * it says what is in it. Whoever starts one closes it; then it does not live on.
 */
final class PartProcess implements AutoCloseable {
  private static final String MAIN = "io.r1platform.exporter.Exporter";
  private static final String LAUNCHER =
      "org.springframework.boot.loader.launch.PropertiesLauncher";
  private static final int BUFFER = 1 << 18;
  private static final int MOST_SAID_BYTES = 65_536;
  private static final int MOST_TOLD = 600;

  /** From the last row on: sorting and compressing are done by then, but for a row group. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private static final Duration DYING = Duration.ofSeconds(10);

  /** What the child found when it read its file again. */
  record Content(long rows, Map<String, BigDecimal> sums, long peakKib) {}

  private final Process process;
  private final OutputStream rows;
  private final Path said;

  private PartProcess(Process process, Path said) {
    this.process = process;
    this.rows = new BufferedOutputStream(process.getOutputStream(), BUFFER);
    this.said = said;
  }

  /**
   * Starts one.
   *
   * @param draft the file, which is not there yet
   * @param scratch a local directory for it alone, from which libraries may be loaded
   */
  static PartProcess start(Scope scope, FileFormat format, Path draft, Path scratch, int memoryMib)
      throws IOException {
    Path said = scratch.resolve("said.txt");
    var builder = new ProcessBuilder(command(scope, format, draft, scratch, memoryMib));
    builder.environment().clear(); // no password of ours in a process that needs none
    builder.environment().put("LC_ALL", "C.UTF-8"); // paths are UTF-8
    builder.redirectErrorStream(true).redirectOutput(said.toFile());
    return new PartProcess(builder.start(), said);
  }

  /** One row, with its end. */
  void write(byte[] row) throws IOException {
    try {
      rows.write(row);
    } catch (IOException e) {
      throw broken(e);
    }
  }

  /** Ends the rows and waits until the file is written and read again. */
  Content finish() throws IOException {
    try {
      rows.close();
    } catch (IOException e) {
      throw broken(e);
    }
    if (!ended(PATIENCE)) {
      throw new IOException("The exporter did not end in " + PATIENCE.toMinutes() + " minutes.");
    }
    if (process.exitValue() != 0) {
      throw new IOException(failure());
    }
    return content();
  }

  private IOException broken(IOException cause) {
    ended(DYING);
    return new IOException(failure(), cause);
  }

  private String failure() {
    String end = process.isAlive() ? "takes no rows" : "ended with " + process.exitValue();
    String text;
    try {
      text = text();
    } catch (IOException e) {
      text = "";
    }
    String why =
        text.lines()
            .filter(line -> line.contains("Exception") || line.contains("Error"))
            .findFirst()
            .orElse(text.strip());
    return "The exporter %s. %s"
        .formatted(end, why.substring(0, Math.min(MOST_TOLD, why.length())))
        .strip();
  }

  private boolean ended(Duration patience) {
    try {
      return process.waitFor(patience);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Content content() throws IOException {
    var sums = new TreeMap<String, BigDecimal>();
    long count = -1;
    long peak = 0;
    for (String line : text().lines().toList()) {
      String[] words = line.split(" ", -1);
      switch (words[0]) {
        case "rows" -> count = Long.parseLong(words[1]);
        case "sum" -> sums.put(words[1], new BigDecimal(words[2]).stripTrailingZeros());
        case "peak_kib" -> peak = Long.parseLong(words[1]);
        default -> {
          // a warning of the JVM
        }
      }
    }
    return new Content(count, sums, peak);
  }

  private String text() throws IOException {
    try (var in = Files.newInputStream(said)) {
      return new String(in.readNBytes(MOST_SAID_BYTES), StandardCharsets.UTF_8);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    ended(DYING);
  }

  private static List<String> command(
      Scope scope, FileFormat format, Path draft, Path scratch, int memoryMib) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx48m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("-XX:-UsePerfData");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-Djava.io.tmpdir=" + scratch); // where DuckDB unpacks itself
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    if (PartProcess.class.getClassLoader().getClass().getName().contains(".boot.loader.")) {
      command.addAll(List.of("-Dloader.main=" + MAIN, LAUNCHER));
    } else {
      command.add(MAIN);
    }
    command.addAll(List.of(format.name(), draft.toString(), scratch.toString()));
    command.add(Integer.toString(memoryMib));
    boolean sums = scope.amount() >= 0;
    command.add(sums ? scope.columns().get(scope.amount()).name() : "-");
    command.add(sums ? scope.columns().get(scope.currency()).name() : "-");
    scope.columns().forEach(column -> command.add(column.name() + ":" + column.type()));
    return command;
  }
}
