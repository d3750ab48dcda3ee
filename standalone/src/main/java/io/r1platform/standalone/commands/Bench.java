package io.r1platform.standalone.commands;

import io.r1platform.standalone.home.Ports;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures how long a newcomer waits, what billing takes a second, and what the engine gives. */
@Command(
    name = "bench",
    description = {
      "start: clone what is committed into a new directory, with empty Maven and npm caches;",
      "./r1 up --detach (cold), run the printed curl line, down, up again (warm).",
      "Last line: start cold_minutes=… warm_seconds=…",
      "ingest: billing's whole usage transaction on an embedded PostgreSQL that syncs, two"
          + " streams,",
      "against COPY of the same rows into the same indexed table; then everything is sent again.",
      "Last line: ingest events_per_s=… copy_per_s=… ratio=… p50_ms=… p99_ms=… replayed_change=0",
      "export: records through the exporter's child into Parquet files, against PostgreSQL's own"
          + " COPY TO",
      "of the same rows; --rows generated records of one day, --seconds plays no part. Memory, of",
      "a heap of 256 MiB, for all and for a tenth of them. Then a month of at most 1,000,000",
      "records as FOCUS, and a quarter of it. A record takes 370 bytes of disk, beside its file.",
      "Last line: export rows=… copy_rows_per_second=… parquet_rows_per_second=… ratio=… …",
      "engine: tokens per second against llama-batched-bench on one source build of llama.cpp, and",
      "the prebuilt libraries against that build. Builds llama.cpp first: minutes.",
      "Last line: engine threads=… turns=… large_1=… large_8=… nano_1=… nano_8=… …",
      "jni: time and memory per token of a poll, by JMH over the simulated engine.",
      "Last line: jni ns_per_token_64=… ns_per_token_512=… polled_bytes_64=… …",
      "trtllm: 512 streams through the TensorRT-LLM backend, every tenth cancelled, over the",
      "stand-in for tensorrt_llm: what everything around a GPU takes, not what a GPU gives.",
      "Last line: trtllm stand_in=true streams=512 cancelled=… terminal_events=… tokens_per_s=… …",
      "fairness: the queue of inference-service on the real engine with a random model, in steps"
          + " of",
      "the engine: what 1,000 waiting requests of another tenant cost a newcomer's first token,"
          + " and",
      "the token shares of the weights 1:2:4.",
      "Last line: fairness waiting=1000 steps_alone=… steps_behind=… delay_steps=… worst_error=… …",
      "http: inference-service over HTTP against llama-server on one source build of llama.cpp, 8",
      "and 32 streams, in turns; ratios ours to theirs. Builds llama-server first: minutes.",
      "Last line: http threads=… rounds=… nano_8=… nano_32=… large_8=… large_32=… ttft_nano_8=… …"
    })
final class Bench implements Callable<Integer> {
  private static final Pattern CURL = Pattern.compile("(?m)^curl .*$");
  private final Invocation invocation;
  private final Ports ports = Ports.free();

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  @Parameters(
      paramLabel = "WHAT",
      description = "start, ingest, export, engine, jni, trtllm, fairness or http")
  @SuppressWarnings("NullAway.Init") // by picocli
  private String what;

  @Option(names = "--seconds", defaultValue = "60", description = "how long ingest is measured")
  private int seconds;

  @Option(names = "--rows", defaultValue = "10000000", description = "how many rows are exported")
  private int rows;

  Bench(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    return switch (what) {
      case "start" -> start();
      case "ingest" ->
          new BillingBench(invocation, "ingest", "IngestBench", "-Dr1.bench.seconds=" + seconds)
              .run(seconds >= 1 && seconds <= 3_600, out());
      case "export" ->
          new BillingBench(invocation, "export", "ExportBench", "-Xmx256m -Dr1.bench.rows=" + rows)
              .run(rows >= 1 && rows <= 100_000_000, out());
      case "engine" -> NativeFigures.ENGINE.run(invocation, out());
      case "jni" -> NativeFigures.JNI.run(invocation, out());
      case "trtllm" -> NativeFigures.TRTLLM.run(invocation, out());
      case "fairness" -> InferenceFigures.FAIRNESS.run(invocation, out());
      case "http" -> InferenceFigures.HTTP.run(invocation, out());
      default ->
          throw new IllegalArgumentException(
              "there is no bench '"
                  + what
                  + "'; there are start, ingest, export, engine, jni, trtllm, fairness and http");
    };
  }

  private int start() {
    try {
      Path place = Files.createTempDirectory("r1-bench-");
      Path clone = place.resolve("clone");
      run(place, List.of("git", "clone", "-q", invocation.root().toString(), clone.toString()));
      try {
        Instant begun = invocation.clock().instant();
        String shown = run(clone, List.of("./r1", "up", "--detach"));
        double coldMinutes = secondsSince(begun) / 60;
        String answer = ask(clone, shown);
        run(clone, List.of("./r1", "down"));
        begun = invocation.clock().instant();
        run(clone, List.of("./r1", "up", "--detach"));
        double warmSeconds = secondsSince(begun);
        out().println(answer);
        out()
            .println(
                String.format(
                    Locale.ROOT,
                    "start cold_minutes=%.1f warm_seconds=%.1f",
                    coldMinutes,
                    warmSeconds));
        return 0;
      } finally {
        run(clone, List.of("./r1", "down"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs the curl line as it was printed. */
  private String ask(Path clone, String shown) throws IOException {
    Matcher curl = CURL.matcher(shown);
    if (!curl.find()) {
      throw new IllegalStateException("no curl line in:\n" + shown);
    }
    String answer = run(clone, List.of("bash", "-c", curl.group() + " --silent --show-error"));
    int reasoning = answer.indexOf("\"reasoning_content\":\"");
    int content = answer.indexOf("\"content\":\"", reasoning);
    boolean complete = answer.contains("\"completion_tokens\"") && answer.contains("[DONE]");
    if (reasoning < 0 || content < 0 || !complete) {
      throw new IllegalStateException("not a whole answer with reasoning:\n" + answer);
    }
    return answer;
  }

  private double secondsSince(Instant begun) {
    return Duration.between(begun, invocation.clock().instant()).toMillis() / 1000.0;
  }

  private String run(Path directory, List<String> command) throws IOException {
    var builder =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
    Path place = directory.resolveSibling(".").normalize();
    Map<String, String> environment = builder.environment();
    environment.put("MAVEN_OPTS", "-Dmaven.repo.local=" + place.resolve("m2"));
    environment.put("npm_config_cache", place.resolve("npm").toString());
    environment.remove("R1_HOME");
    for (Ports.Name name : Ports.Name.values()) {
      environment.put(name.variable(), Integer.toString(ports.of(name)));
    }
    Process process = builder.start();
    var text = new StringBuilder();
    try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        text.append(line).append('\n');
        if (command.getFirst().equals("./r1")) {
          out().println(line);
          out().flush();
        }
      }
      if (process.waitFor() != 0) {
        throw new IllegalStateException(command + " failed:\n" + text);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    return text.toString();
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
