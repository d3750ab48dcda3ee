package io.r1platform.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Figure {@code jni}: processor time and memory of the polling thread per token, at 64 and 512
 * streams of the simulated engine, which goes as fast as it is polled. The audit of every token is
 * in it, as in production; the streams' own handling of tokens is not.
 */
class CrossingFigures {
  private static final int TOKENS = 4_000;
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Of one run. */
  private record Cost(double nanosPerToken, double bytesPerToken, double tokensPerPoll) {}

  @Test
  void jni() {
    Cost few = measure(64);
    Cost many = measure(512);
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
    assertThat(few.bytesPerToken).isLessThan(0.01);
    assertThat(many.bytesPerToken).isLessThan(0.01);
  }

  private Cost measure(int streams) {
    EngineOptions options =
        EngineOptions.of(EngineOptions.Backend.SIM, Path.of("r1-8xb200"))
            .withSimulation(true)
            .withBackendJson("{\"clock\":\"virtual\"}")
            .withRequests(streams, 0);
    try (Engine engine = Fixture.open(options)) {
      EventBuffer events = new EventBuffer(16_384);
      run(engine, events, streams, 0); // until compiled
      run(engine, events, streams, 1);
      return run(engine, events, streams, 2);
    }
  }

  private Cost run(Engine engine, EventBuffer events, int streams, int round) {
    int[] prompt = {1, 2, 3};
    for (int i = 1; i <= streams; i++) {
      engine.submit(
          GenerationRequest.greedy((long) round * streams + i, prompt, TOKENS).ignoringEnd());
    }
    long self = Thread.currentThread().threadId();
    long bytes = threads.getThreadAllocatedBytes(self);
    long nanos = threads.getCurrentThreadCpuTime();
    Duration wait = Duration.ofSeconds(1);
    long tokens = 0;
    long polls = 0;
    long sum = 0;
    for (int open = streams; open > 0; polls++) {
      engine.poll(events, wait);
      while (events.next()) {
        if (events.kind() == EventBuffer.Kind.TOKEN) {
          tokens++;
          sum += events.tokenId() + events.requestId() + events.pieceLength();
        } else {
          open--;
        }
      }
    }
    nanos = threads.getCurrentThreadCpuTime() - nanos;
    bytes = threads.getThreadAllocatedBytes(self) - bytes;
    assertThat(tokens).isEqualTo((long) streams * TOKENS);
    assertThat(sum).isPositive();
    return new Cost((double) nanos / tokens, (double) bytes / tokens, (double) tokens / polls);
  }
}
