package io.r1platform.engine;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Figure {@code engine}: tokens per second while generating, as a ratio to {@code
 * llama-batched-bench} on the same build of llama.cpp with the same threads, turn by turn, at 1 and
 * 8 sequences; and the prebuilt libraries against that build. Other processes only slow down, so
 * each ratio is of the best turns. The ratios of processor time per token, of the one thread that
 * computes, do not depend on them at all.
 */
class SpeedFigures {
  private static final Path NANO = Path.of("../models/r1-nano/r1-nano.gguf");
  private static final Path LARGE = Path.of("target/random-0.34b.gguf");
  private static final int TURNS = Integer.getInteger("r1.bench.turns", 7);
  private static final int PROMPT = 32;
  private static final Pattern SPEED = Pattern.compile("\"pl\": (\\d+),.*\"speed_tg\": ([0-9.]+)");
  private final int threads = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);

  @Test
  void engine() {
    Figures.buildFromSource("llama-batched-bench", "r1_llamacpp", "gather");
    if (!Files.exists(LARGE)) {
      RandomGguf.write(LARGE, RandomGguf.Architecture.LLAMA, RandomGguf.BENCH, 1);
    }
    Ratios large = ratios(LARGE, 24);
    Ratios nano = ratios(NANO, 256);
    Figures.write(
        "engine",
        "threads=%d turns=%d large_1=%.3f large_8=%.3f nano_1=%.3f nano_8=%.3f"
            + " processor_large_1=%.3f processor_large_8=%.3f"
            + " processor_nano_1=%.3f processor_nano_8=%.3f"
            + " large_tokens_per_s_1=%.1f large_tokens_per_s_8=%.1f"
            + " prebuilt_over_source_1=%.3f prebuilt_over_source_8=%.3f",
        threads,
        TURNS,
        large.toTheirs.one,
        large.toTheirs.eight,
        nano.toTheirs.one,
        nano.toTheirs.eight,
        large.processor.one,
        large.processor.eight,
        nano.processor.one,
        nano.processor.eight,
        large.tokensPerSecond.one,
        large.tokensPerSecond.eight,
        large.prebuiltToSource.one,
        large.prebuiltToSource.eight);
  }

  /** At 1 and at 8 sequences. */
  private record Pair(double one, double eight) {
    Pair over(Pair other) {
      return new Pair(one / other.one, eight / other.eight);
    }

    /** Of each the largest. */
    static Pair best(List<Pair> pairs) {
      return new Pair(
          pairs.stream().mapToDouble(Pair::one).max().orElseThrow(),
          pairs.stream().mapToDouble(Pair::eight).max().orElseThrow());
    }
  }

  private record Ratios(
      Pair toTheirs, Pair processor, Pair tokensPerSecond, Pair prebuiltToSource) {}

  private Ratios ratios(Path model, int tokens) {
    List<Pair> theirs = new ArrayList<>();
    List<Pair> ours = new ArrayList<>();
    List<Pair> prebuilt = new ArrayList<>();
    for (int turn = 0; turn < TURNS; turn++) {
      theirs.add(theirs(model, tokens));
      ours.add(ours(model, tokens, Figures.SOURCE_LIBRARIES));
      prebuilt.add(ours(model, tokens, NativeLibrary.directory()));
      System.out.println(model + " theirs " + theirs.getLast() + " ours " + ours.getLast());
    }
    return new Ratios(
        Pair.best(ours).over(Pair.best(theirs)),
        processor(model, tokens),
        Pair.best(ours),
        Pair.best(prebuilt).over(Pair.best(ours)));
  }

  /** Tokens per second of processor time, as a ratio: of the least time of each. */
  private static Pair processor(Path model, int tokens) {
    Pair theirs = theirProcessor(model, tokens);
    Pair ours = ourProcessor(model, tokens);
    System.out.println(model + " processor theirs " + theirs + " ours " + ours);
    return ours.over(theirs);
  }

  /** The tool prints a line after each measurement: what its thread took since the line before. */
  private static Pair theirProcessor(Path model, int tokens) {
    List<String> command = tool(model, 1, tokens, "1,1,1,1,8,8,8", 1);
    double[] best = new double[9];
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(Figures.SOURCE_BUILD.resolve("bin").toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      Path thread = Path.of("/proc/%1$d/task/%1$d".formatted(process.pid()));
      long before = 0;
      try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
          Matcher matcher = SPEED.matcher(line);
          if (matcher.find()) {
            int sequences = Integer.parseInt(matcher.group(1));
            long now = process.isAlive() ? nanos(thread) : before;
            double speed = sequences * (tokens + 1) * 1e9 / (now - before);
            best[sequences] = now > before ? Math.max(best[sequences], speed) : best[sequences];
            before = now;
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Pair(best[1], best[8]);
  }

  private static Pair ourProcessor(Path model, int tokens) {
    NativeEngine engine = Figures.open(options(model, 1), Figures.SOURCE_LIBRARIES);
    try {
      double[] best = new double[9];
      for (int sequences : new int[] {1, 1, 1, 1, 8, 8, 8}) {
        long before = engineNanos();
        generate(engine, sequences, 1, tokens);
        double speed = sequences * (tokens + 1) * 1e9 / (engineNanos() - before);
        best[sequences] = Math.max(best[sequences], speed);
      }
      return new Pair(best[1], best[8]);
    } finally {
      engine.destroy();
    }
  }

  /** Processor time so far of the thread that computes. */
  private static long engineNanos() {
    try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
      for (Path thread : threads.toList()) {
        if (Files.readString(thread.resolve("comm")).strip().equals("r1-engine")) {
          return nanos(thread);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new IllegalStateException("no thread of the engine");
  }

  private static long nanos(Path thread) throws IOException {
    return Long.parseLong(Files.readString(thread.resolve("schedstat")).split(" ", -1)[0]);
  }

  private Pair theirs(Path model, int tokens) {
    String output =
        Figures.run(
            Figures.SOURCE_BUILD.resolve("bin"), tool(model, PROMPT, tokens, "1,8", threads));
    double[] speeds = new double[9];
    Matcher matcher = SPEED.matcher(output);
    while (matcher.find()) {
      speeds[Integer.parseInt(matcher.group(1))] = Double.parseDouble(matcher.group(2));
    }
    return new Pair(speeds[1], speeds[8]);
  }

  private static List<String> tool(
      Path model, int prompt, int tokens, String sequences, int threads) {
    return List.of(
        Figures.tool("llama-batched-bench"),
        "-m",
        model.toAbsolutePath().toString(),
        "-c",
        "5120",
        "-b",
        "512",
        "-ub",
        "512",
        "-npp",
        String.valueOf(prompt),
        "-ntg",
        String.valueOf(tokens),
        "-npl",
        sequences,
        "-t",
        String.valueOf(threads),
        "-tb",
        String.valueOf(threads),
        "--output-format",
        "jsonl");
  }

  private static EngineOptions options(Path model, int threads) {
    return EngineOptions.defaults(model)
        .with(new EngineOptions.Sizes(8, 8, 640, 512, 512, threads, 4_096));
  }

  private Pair ours(Path model, int tokens, Path libraries) {
    NativeEngine engine = Figures.open(options(model, threads), libraries);
    try {
      generate(engine, 1, PROMPT, 8);
      return new Pair(generate(engine, 1, PROMPT, tokens), generate(engine, 8, PROMPT, tokens));
    } finally {
      engine.destroy();
    }
  }

  /** Tokens per second of so many requests, from the last one's first token to the end. */
  private static double generate(NativeEngine engine, int sequences, int promptTokens, int tokens) {
    int[] prompt = new int[promptTokens];
    Arrays.setAll(prompt, i -> 20 + i);
    for (int id = 1; id <= sequences; id++) {
      engine.submit(
          GenerationRequest.greedy(id, prompt, tokens + 1).ignoringEnd(),
          SentConstraint.of(null, Set.of()));
    }
    EventBuffer events = new EventBuffer(4_096);
    long micros = 0;
    for (int open = sequences; open > 0; ) {
      events.fill(engine.poll(events, 1_000));
      while (events.next()) {
        if (events.kind() != EventBuffer.Kind.TOKEN) {
          micros = Math.max(micros, events.decodeMicros());
          open--;
        }
      }
    }
    return sequences * tokens * 1e6 / micros;
  }
}
