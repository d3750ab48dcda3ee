package io.r1platform.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Run by {@code ./r1 bench http}: this service against {@code llama-server}, on one source build of
 * llama.cpp, round by round. Both run all the while, so the one that is not asked only waits.
 */
final class HttpFigures {
  private static final Path NATIVE = Path.of("../native").toAbsolutePath().normalize();
  private static final Path NANO = Path.of("../models/r1-nano/r1-nano.gguf");
  private static final Path LARGE = NATIVE.resolve("target/random-0.34b-chat.gguf");
  private static final int WARM_UP_REQUESTS = 300;
  private static final int WARM_UP_ROUNDS = 2;
  private static final int ROUNDS = Integer.getInteger("r1.bench.rounds", 5);
  private final int threads = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);

  static { // read once, by the first client: each request has a connection of its own
    System.setProperty("jdk.httpclient.allowRestrictedHeaders", "connection");
  }

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @TempDir private Path directory;

  /** Ours over theirs: medians of the rounds' ratios, and our median of tokens per second. */
  private record Ratios(double tokensPerSecond, double firstToken, double ourTokensPerSecond) {}

  private record Pair(HttpBench.Round ours, HttpBench.Round theirs) {
    double ratio(ToDoubleFunction<HttpBench.Round> figure) {
      return figure.applyAsDouble(ours) / figure.applyAsDouble(theirs);
    }
  }

  @Test
  void measure() throws Exception {
    build();
    Ratios nano8 = ratios(new HttpBench.Load(NANO, 8, 8, 128));
    Ratios nano32 = ratios(new HttpBench.Load(NANO, 32, 4, 128));
    Ratios large8 = ratios(new HttpBench.Load(LARGE, 8, 3, 32));
    Ratios large32 = ratios(new HttpBench.Load(LARGE, 32, 1, 24));
    Path figures = Files.createDirectories(Path.of("target/figures")).resolve("http.txt");
    Files.writeString(
        figures,
        String.format(
            Locale.ROOT,
            "http threads=%d rounds=%d nano_8=%.3f nano_32=%.3f large_8=%.3f large_32=%.3f"
                + " ttft_nano_8=%.3f ttft_nano_32=%.3f ttft_large_8=%.3f ttft_large_32=%.3f"
                + " tokens_per_s_nano_8=%.0f tokens_per_s_nano_32=%.0f"
                + " tokens_per_s_large_8=%.1f tokens_per_s_large_32=%.1f%n",
            threads,
            ROUNDS,
            nano8.tokensPerSecond,
            nano32.tokensPerSecond,
            large8.tokensPerSecond,
            large32.tokensPerSecond,
            nano8.firstToken,
            nano32.firstToken,
            large8.firstToken,
            large32.firstToken,
            nano8.ourTokensPerSecond,
            nano32.ourTokensPerSecond,
            large8.ourTokensPerSecond,
            large32.ourTokensPerSecond));
    for (Ratios ratios : List.of(nano8, nano32, large8, large32)) {
      assertThat(ratios.tokensPerSecond).isGreaterThanOrEqualTo(1);
      assertThat(ratios.firstToken).isLessThanOrEqualTo(1);
    }
  }

  /** llama-server, our backend on the same libraries, and the large model: minutes at first. */
  private void build() throws Exception {
    Programs.run("http-configure", NATIVE, List.of("cmake", "--preset", "source"));
    Programs.run(
        "http-build",
        NATIVE,
        List.of(
            "cmake",
            "--build",
            "--preset",
            "source",
            "--parallel",
            "2",
            "--target",
            "llama-server",
            "r1_llamacpp",
            "gather"));
    if (!Files.exists(LARGE)) {
      Programs.run(
          "http-model",
          NATIVE,
          List.of(
              ProcessHandle.current().info().command().orElseThrow(),
              "-classpath",
              "target/test-classes",
              "io.r1platform.engine.RandomGguf",
              LARGE.toString()));
    }
  }

  private Ratios ratios(HttpBench.Load load) throws Exception {
    var bench = new HttpBench(http, load);
    var rounds = new ArrayList<Pair>();
    try (var theirs = LlamaServer.start(http, load, threads, directory);
        var ours = OurServer.start(http, load, threads, directory)) {
      bench.warmUp(ours, WARM_UP_REQUESTS);
      bench.warmUp(theirs, WARM_UP_REQUESTS);
      for (int round = 0; round < WARM_UP_ROUNDS; round++) {
        pair(bench, ours, theirs, round % 2 == 0);
      }
      for (int round = 0; round < ROUNDS; round++) {
        rounds.add(pair(bench, ours, theirs, round % 2 == 0));
        System.out.println(load + " " + rounds.getLast());
      }
    }
    return new Ratios(
        median(rounds, pair -> pair.ratio(HttpBench.Round::tokensPerSecond)),
        median(rounds, pair -> pair.ratio(HttpBench.Round::firstTokenMillis)),
        median(rounds, pair -> pair.ours.tokensPerSecond()));
  }

  /** Who is first changes from round to round. */
  private static Pair pair(
      HttpBench bench, MeasuredServer ours, MeasuredServer theirs, boolean oursFirst)
      throws Exception {
    HttpBench.Round first = bench.round(oursFirst ? ours : theirs);
    HttpBench.Round second = bench.round(oursFirst ? theirs : ours);
    assertThat(first.promptTokens()).isEqualTo(second.promptTokens());
    return oursFirst ? new Pair(first, second) : new Pair(second, first);
  }

  private static double median(List<Pair> rounds, ToDoubleFunction<Pair> figure) {
    double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
    return sorted[sorted.length / 2];
  }
}
