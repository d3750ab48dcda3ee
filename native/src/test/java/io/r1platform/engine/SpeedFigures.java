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
 * computes, leave out the time in which that thread waits for a core.
 */
class SpeedFigures {
  private static final Path NANO = Path.of("../models/r1-nano/r1-nano.gguf");
  private static final Path LARGE = Path.of("target/random-0.34b-chat.gguf");
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
    Ratios large = ratios(new Load(LARGE, 24, 2));
    Ratios nano = ratios(new Load(NANO, 256, 20));
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

  /**
   * What is generated: tokens of a sequence, and how often, so that it takes about a second. The
   * kernel counts the time of a thread that runs only every 4 ms.
   */
  private record Load(Path model, int tokens, int alone) {
    int generations(int sequences) {
      return sequences == 1 ? alone : Math.max(1, alone / 4);
    }

    double speed(int sequences, long nanos) {
      return generations(sequences) * sequences * (tokens + 1) * 1e9 / nanos;
    }
  }

  private Ratios ratios(Load load) {
    Path model = load.model;
    int tokens = load.tokens;
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
        processor(load),
        Pair.best(ours),
        Pair.best(prebuilt).over(Pair.best(ours)));
  }

  /** Tokens per second of processor time, as a ratio: of the best turns. */
  private static Pair processor(Load load) {
    List<Pair> theirs = new ArrayList<>();
    List<Pair> ours = new ArrayList<>();
    NativeEngine engine = Figures.open(options(load.model, 1), Figures.SOURCE_LIBRARIES);
    try {
      for (int turn = 0; turn < TURNS; turn++) {
        theirs.add(theirProcessor(load));
        ours.add(new Pair(ourProcessor(engine, load, 1), ourProcessor(engine, load, 8)));
        System.out.println(
            load.model + " processor theirs " + theirs.getLast() + " ours " + ours.getLast());
      }
    } finally {
      engine.destroy();
    }
    return Pair.best(ours).over(Pair.best(theirs));
  }

  /** The tool prints a line after each measurement: what its thread took from line to line. */
  private static Pair theirProcessor(Load load) {
    int ones = load.generations(1);
    int eights = load.generations(8);
    // The first of a kind starts it, and after the last line the process may be gone.
    String sequences = "1,".repeat(1 + ones) + "8,".repeat(1 + eights) + "1";
    long[] times = new long[2 + ones + eights];
    int lines = 0;
    try {
      Process process =
          new ProcessBuilder(tool(load.model, 1, load.tokens, sequences, 1))
              .directory(Figures.SOURCE_BUILD.resolve("bin").toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      Path thread = Path.of("/proc/%1$d/task/%1$d".formatted(process.pid()));
      try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
          if (lines < times.length && SPEED.matcher(line).find()) {
            times[lines++] = nanos(thread);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (lines < times.length) {
      throw new IllegalStateException("llama-batched-bench stopped after " + lines + " lines");
    }
    return new Pair(
        load.speed(1, times[ones] - times[0]),
        load.speed(8, times[1 + ones + eights] - times[1 + ones]));
  }

  private static double ourProcessor(NativeEngine engine, Load load, int sequences) {
    generate(engine, sequences, 1, load.tokens);
    long before = engineNanos();
    for (int i = 0; i < load.generations(sequences); i++) {
      generate(engine, sequences, 1, load.tokens);
    }
    return load.speed(sequences, engineNanos() - before);
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
