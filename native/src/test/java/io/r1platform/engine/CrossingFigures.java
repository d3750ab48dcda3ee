package io.r1platform.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Figure {@code jni}: time and memory per token of {@link CrossingBenchmark}, at 64 and 512
 * streams: by the polling thread's own counter, which stays where it is in most iterations, and by
 * JMH's profiler of memory, which counts JMH and the submits between the polls too, beside what it
 * shows of an empty benchmark.
 */
class CrossingFigures {
  /**
   * Of one number of streams; {@code polledBytes} are of all iterations, {@code usual} of the
   * middle one.
   */
  private record Cost(
      double nanosPerToken,
      double bytesPerPoll,
      double tokensPerPoll,
      double polledBytes,
      double usual) {}

  @Test
  void jni() throws RunnerException {
    RunResult nothing = new Runner(options(EmptyBenchmark.class)).run().iterator().next();
    double empty = median(secondary(nothing, "gc.alloc.rate.norm"));
    Map<Integer, Cost> costs = costs(new Runner(options(CrossingBenchmark.class)).run());
    Cost few = Objects.requireNonNull(costs.get(64));
    Cost many = Objects.requireNonNull(costs.get(512));
    Figures.write(
        "jni",
        "ns_per_token_64=%.0f ns_per_token_512=%.0f polled_bytes_64=%.0f polled_bytes_512=%.0f"
            + " profiled_bytes_per_poll_64=%.0f profiled_bytes_per_poll_512=%.0f"
            + " profiled_bytes_per_poll_empty=%.0f"
            + " tokens_per_poll_64=%.0f tokens_per_poll_512=%.0f",
        few.nanosPerToken,
        many.nanosPerToken,
        few.polledBytes,
        many.polledBytes,
        few.bytesPerPoll,
        many.bytesPerPoll,
        empty,
        few.tokensPerPoll,
        many.tokensPerPoll);
    assertThat(few.usual).isZero();
    assertThat(many.usual).isZero();
  }

  private static Options options(Class<?> benchmark) {
    return new OptionsBuilder()
        .include(benchmark.getName())
        .addProfiler(GCProfiler.class)
        .forks(1)
        .jvmArgs( // in place of ours, so without -Xcheck:jni
            "--enable-native-access=ALL-UNNAMED",
            "-Dr1.native.dir=" + System.getProperty("r1.native.dir"))
        .warmupIterations(3)
        .warmupTime(TimeValue.seconds(2))
        .measurementIterations(5)
        .measurementTime(TimeValue.seconds(4))
        .shouldFailOnError(true)
        .build();
  }

  private static Map<Integer, Cost> costs(Collection<RunResult> results) {
    Map<Integer, Cost> costs = new TreeMap<>();
    for (RunResult result : results) {
      double perPoll =
          secondary(result, "tokens").getScore() / secondary(result, "polls").getScore();
      costs.put(
          Integer.valueOf(result.getParams().getParam("streams")),
          new Cost(
              median(result.getPrimaryResult()) / perPoll,
              median(secondary(result, "gc.alloc.rate.norm")),
              perPoll,
              secondary(result, "bytes").getScore(),
              median(secondary(result, "bytes"))));
    }
    return costs;
  }

  /** Of the iterations, so that one disturbed by other processes does not count. */
  private static double median(Result<?> result) {
    return result.getStatistics().getPercentile(50);
  }

  private static Result<?> secondary(RunResult result, String name) {
    return Objects.requireNonNull(result.getSecondaryResults().get(name), name);
  }
}
