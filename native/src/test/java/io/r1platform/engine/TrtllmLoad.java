package io.r1platform.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * A main class that sends many streams at once through the TensorRT-LLM backend with the stand-in,
 * cancels each tenth half-way, and says how fast the tokens came and how each request ended.
 */
final class TrtllmLoad {
  private static final int STREAMS = 512;
  private static final int TOKENS = 400;
  private static final int CANCEL_EACH = 10;

  private TrtllmLoad() {}

  public static void main(String[] arguments) {
    String llm =
        "\"max_batch_size\": %d, \"stream_interval\": %s"
            .formatted(STREAMS, System.getProperty("interval", "1"));
    EngineOptions options =
        StandIn.options(Path.of(System.getProperty("checkpoint", "")), llm, "")
            .withRequests(STREAMS, 0);
    try (Engine engine = Fixture.open(options)) {
      run(engine, 1); // warm
      report(run(engine, STREAMS + 1));
    }
  }

  /** What came of all streams. */
  private record Outcome(long tokens, int cancelled, int terminal, int others, double seconds) {}

  private static Outcome run(Engine engine, long firstId) {
    long begun = System.nanoTime();
    for (long id = firstId; id < firstId + STREAMS; id++) {
      engine.submit(
          GenerationRequest.greedy(id, StandIn.prompt(StandIn.BEGIN, 64), TOKENS).ignoringEnd());
    }
    Map<Long, Integer> terminal = new HashMap<>();
    EventBuffer events = new EventBuffer(65_536);
    long tokens = 0;
    int cancelled = 0;
    int others = 0;
    while (terminal.size() < STREAMS) {
      engine.poll(events, Duration.ofSeconds(1));
      while (events.next()) {
        long id = events.requestId();
        switch (events.kind()) {
          case TOKEN -> {
            tokens++;
            if (id % CANCEL_EACH == 0 && events.index() == TOKENS / 2) {
              engine.cancel(id);
            }
          }
          case FINISHED -> {
            terminal.merge(id, 1, Integer::sum);
            cancelled += events.reason() == FinishReason.CANCELLED ? 1 : 0;
            others += events.outputTokens() == TOKENS ? 1 : 0;
          }
          case ERROR -> throw new IllegalStateException("request " + id + " failed");
        }
      }
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    int ends = terminal.values().stream().mapToInt(Integer::intValue).sum();
    return new Outcome(tokens, cancelled, ends, others, seconds);
  }

  private static void report(Outcome outcome) {
    System.out.printf(
        "streams=%d cancelled=%d whole=%d terminal_events=%d tokens=%d tokens_per_s=%.0f%n",
        STREAMS,
        outcome.cancelled(),
        outcome.others(),
        outcome.terminal(),
        outcome.tokens(),
        outcome.tokens() / outcome.seconds());
  }
}
