package io.r1platform.standalone.commands;

import io.r1platform.standalone.processes.Await;
import io.r1platform.standalone.supervisor.Part;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows the end of the logs. */
@Command(name = "logs", description = "Show the end of the logs, of one part or of all.")
final class Logs implements Callable<Integer> {
  private static final int MOST_BYTES_AT_ONCE = 1 << 20;
  private static final Duration LOOK_EVERY = Duration.ofMillis(300);

  private final Invocation invocation;
  private final Map<Path, Long> shownBytes = new HashMap<>();

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "PART",
      description =
          "api-service, inference-service, billing-service, postgres, supervisor or build.")
  private @Nullable String part;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on showing what is added.")
  private boolean follow;

  @Option(
      names = {"-n", "--lines"},
      description = "How many lines of each (default: ${DEFAULT-VALUE}).",
      defaultValue = "50")
  private int lines;

  Logs(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    List<String> parts = part == null ? Part.everyName() : List.of(part);
    if (part != null && !Files.exists(invocation.home().log(part))) {
      throw new IllegalStateException("there is no " + invocation.home().log(part));
    }
    for (String name : parts) {
      List<String> text = added(invocation.home().log(name));
      show(parts, name, text.subList(Math.max(0, text.size() - lines), text.size()));
    }
    while (follow && Await.pause(LOOK_EVERY)) {
      for (String name : parts) {
        show(parts, name, added(invocation.home().log(name)));
      }
    }
    return 0;
  }

  private void show(List<String> parts, String name, List<String> text) {
    PrintWriter out = spec.commandLine().getOut();
    for (String line : text) {
      out.println(parts.size() == 1 ? line : "%-17s | %s".formatted(name, line));
    }
    out.flush();
  }

  /** The whole lines since the last look, at most the last MiB; from the start after a rotation. */
  private List<String> added(Path log) {
    if (!Files.exists(log)) {
      return List.of();
    }
    try (var file = new RandomAccessFile(log.toFile(), "r")) {
      long length = file.length();
      long from = shownBytes.getOrDefault(log, 0L);
      from = Math.max(from > length ? 0 : from, length - MOST_BYTES_AT_ONCE);
      var bytes = new byte[(int) (length - from)];
      file.seek(from);
      file.readFully(bytes);
      String text = new String(bytes, StandardCharsets.UTF_8);
      int end = text.lastIndexOf('\n') + 1;
      String whole = text.substring(0, end);
      shownBytes.put(log, from + whole.getBytes(StandardCharsets.UTF_8).length);
      return whole.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
