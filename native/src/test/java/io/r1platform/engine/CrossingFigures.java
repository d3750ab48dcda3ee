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
 * Figure {@code jni}: time and memory per token of {@link CrossingBenchmark}, by JMH with its
 * profiler of memory, at 64 and 512 streams.
 */
class CrossingFigures {
  /** JMH's own are counted too: some hundred bytes per poll of thousands of tokens. */
  private static final double NO_BYTES = 0.05;

  /** Of one number of streams. */
  private record Cost(double nanosPerToken, double bytesPerToken, double tokensPerPoll) {}

  @Test
  void jni() throws RunnerException {
    Map<Integer, Cost> costs = costs(new Runner(options()).run());
    Cost few = Objects.requireNonNull(costs.get(64));
    Cost many = Objects.requireNonNull(costs.get(512));
    Figures.write(
        "jni",
        "ns_per_token_64=%.0f ns_per_token_512=%.0f bytes_per_token_64=%.4f"
            + " bytes_per_token_512=%.4f tokens_per_poll_64=%.0f tokens_per_poll_512=%.0f",
        few.nanosPerToken,
        many.nanosPerToken,
        few.bytesPerToken,
        many.bytesPerToken,
        few.tokensPerPoll,
        many.tokensPerPoll);
    assertThat(few.bytesPerToken).isLessThan(NO_BYTES);
    assertThat(many.bytesPerToken).isLessThan(NO_BYTES);
  }

  private static Options options() {
    return new OptionsBuilder()
        .include(CrossingBenchmark.class.getName())
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
              median(secondary(result, "gc.alloc.rate.norm")) / perPoll,
              perPoll));
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
