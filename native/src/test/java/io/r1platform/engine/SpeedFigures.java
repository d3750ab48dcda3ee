package io.r1platform.engine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/**
 * Figure {@code engine}: tokens per second while generating, as a ratio to {@code
 * llama-batched-bench} on the same build of llama.cpp with the same threads, turn by turn, at 1 and
 * 8 sequences; and the prebuilt libraries against that build. The ratio is the median of the turns.
 */
class SpeedFigures {
  private static final Path NANO = Path.of("../models/r1-nano/r1-nano.gguf");
  private static final Path LARGE = Path.of("target/random-0.34b.gguf");
  private static final int TURNS = Integer.getInteger("r1.bench.turns", 5);
  private static final int PROMPT = 32;
  private static final Pattern SPEED = Pattern.compile("\"pl\": (\\d+),.*\"speed_tg\": ([0-9.]+)");
  private final int threads = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);

  @Test
  void engine() {
    Figures.buildFromSource("llama-batched-bench", "r1_llamacpp", "gather");
    if (!Files.exists(LARGE)) {
      RandomGguf.write(LARGE, RandomGguf.Architecture.LLAMA, RandomGguf.BENCH, 1);
    }
    Ratios large = ratios(LARGE, 48);
    Ratios nano = ratios(NANO, 256);
    Figures.write(
        "engine",
        "threads=%d turns=%d large_1=%.3f large_8=%.3f nano_1=%.3f nano_8=%.3f"
            + " large_tokens_per_s_1=%.1f large_tokens_per_s_8=%.1f"
            + " prebuilt_over_source_1=%.3f prebuilt_over_source_8=%.3f",
        threads,
        TURNS,
        large.toTheirs.one,
        large.toTheirs.eight,
        nano.toTheirs.one,
        nano.toTheirs.eight,
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

    static Pair median(List<Pair> pairs) {
      return new Pair(
          SpeedFigures.median(pairs.stream().mapToDouble(Pair::one)),
          SpeedFigures.median(pairs.stream().mapToDouble(Pair::eight)));
    }
  }

  private record Ratios(Pair toTheirs, Pair tokensPerSecond, Pair prebuiltToSource) {}

  private Ratios ratios(Path model, int tokens) {
    List<Pair> toTheirs = new ArrayList<>();
    List<Pair> speeds = new ArrayList<>();
    List<Pair> prebuiltToSource = new ArrayList<>();
    for (int turn = 0; turn < TURNS; turn++) {
      Pair theirs = theirs(model, tokens);
      Pair ours = ours(model, tokens, Figures.SOURCE_LIBRARIES);
      toTheirs.add(ours.over(theirs));
      speeds.add(ours);
      prebuiltToSource.add(ours(model, tokens, NativeLibrary.directory()).over(ours));
      System.out.println(model + " turn " + turn + " theirs " + theirs + " ours " + ours);
    }
    return new Ratios(Pair.median(toTheirs), Pair.median(speeds), Pair.median(prebuiltToSource));
  }

  private static double median(DoubleStream values) {
    double[] sorted = values.sorted().toArray();
    return sorted[sorted.length / 2];
  }

  private Pair theirs(Path model, int tokens) {
    String output =
        Figures.run(
            Figures.SOURCE_BUILD.resolve("bin"),
            List.of(
                Figures.tool("llama-batched-bench"),
                "-m",
                model.toAbsolutePath().toString(),
                "-c",
                "2560",
                "-b",
                "512",
                "-ub",
                "512",
                "-npp",
                String.valueOf(PROMPT),
                "-ntg",
                String.valueOf(tokens),
                "-npl",
                "1,8",
                "-t",
                String.valueOf(threads),
                "-tb",
                String.valueOf(threads),
                "--output-format",
                "jsonl"));
    double[] speeds = new double[9];
    Matcher matcher = SPEED.matcher(output);
    while (matcher.find()) {
      speeds[Integer.parseInt(matcher.group(1))] = Double.parseDouble(matcher.group(2));
    }
    return new Pair(speeds[1], speeds[8]);
  }

  private Pair ours(Path model, int tokens, Path libraries) {
    EngineOptions options =
        EngineOptions.defaults(model)
            .with(new EngineOptions.Sizes(8, 8, 320, 512, 512, threads, 4_096));
    NativeEngine engine = Figures.open(options, libraries);
    try {
      generate(engine, 1, 8);
      return new Pair(generate(engine, 1, tokens), generate(engine, 8, tokens));
    } finally {
      engine.destroy();
    }
  }

  /** Tokens per second of so many requests, from the last one's first token to the end. */
  private static double generate(NativeEngine engine, int sequences, int tokens) {
    int[] prompt = new int[PROMPT];
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
