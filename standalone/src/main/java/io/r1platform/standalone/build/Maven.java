package io.r1platform.standalone.build;

import io.r1platform.standalone.home.Home;
import io.r1platform.standalone.supervisor.Part;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Runs Maven in the checkout, on the JDK that runs this. */
public final class Maven {
  private static final Pattern STEP =
      Pattern.compile("\\[INFO] Building (?:R1 Platform: )?(.+?) \\S+ +\\[\\d+/\\d+]");

  /** What Maven prints of every failure and nobody needs. */
  private static final Pattern NOISE =
      Pattern.compile(
          "\\s+at .*|\\[INFO].*|\\[ERROR] *"
              + "|\\[ERROR] (?:To see|Re-run|For more|\\[Help|After correcting|  mvn ).*");

  private static final int TAIL_LINES = 30;

  private final Path root;
  private final Home home;
  private final Clock clock;

  /** Maven in {@code root}, its output kept in the home's logs. */
  public Maven(Path root, Home home, Clock clock) {
    this.root = root;
    this.home = home;
    this.clock = clock;
  }

  /**
   * Builds the executable jars of the stale services, without tests and style checks.
   *
   * @param step told each module as it begins
   * @throws IllegalStateException with the end of Maven's output if the build fails
   */
  public void buildStale(Consumer<String> step) {
    var staleness = new Staleness(root);
    List<Part> stale = staleness.stale();
    if (stale.isEmpty()) {
      return;
    }
    FileTime begun = FileTime.from(clock.instant());
    String modules = stale.stream().map(Part::service).collect(Collectors.joining(","));
    step.accept("building " + modules);
    var tail = new ArrayDeque<String>();
    var arguments =
        List.of(
            "--projects",
            modules,
            "--also-make",
            "-Dmaven.test.skip=true",
            "-Dconsole.test.skip=true",
            "-Dspotless.check.skip=true",
            "package");
    int exit =
        run(
            arguments,
            line -> {
              Matcher matcher = STEP.matcher(line);
              if (matcher.matches() && !matcher.group(1).equals("R1 Platform")) {
                step.accept("building " + matcher.group(1));
              }
              if (!NOISE.matcher(line).matches()) {
                keep(tail, line);
              }
            });
    if (exit != 0) {
      throw new IllegalStateException(
          "the build failed; the end of %s:%n%s"
              .formatted(home.log("build"), String.join("\n", tail)));
    }
    stale.forEach(part -> staleness.built(part, begun));
  }

  /** Runs Maven with these arguments, tells each line it prints, and returns its exit code. */
  public int run(List<String> arguments, Consumer<String> line) {
    var command = new ArrayList<>(List.of("mvn", "-B", "-ntp", "-nsu"));
    command.addAll(arguments);
    var builder = new ProcessBuilder(command).directory(root.toFile()).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    try {
      Process process = builder.start();
      Thread onExit = new Thread(process::destroy);
      Runtime.getRuntime().addShutdownHook(onExit);
      try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
          Writer log = Files.newBufferedWriter(home.log("build"))) {
        for (String text = out.readLine(); text != null; text = out.readLine()) {
          log.write(text + "\n");
          line.accept(text);
        }
      }
      int exit = process.waitFor();
      Runtime.getRuntime().removeShutdownHook(onExit);
      return exit;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run mvn; ./r1 doctor says what is missing", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static void keep(Deque<String> tail, String line) {
    tail.addLast(line);
    if (tail.size() > TAIL_LINES) {
      tail.removeFirst();
    }
  }
}
