package io.r1platform.engine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A main class that measures tokens per second and polls per token, without a service around:
 * {@code mvn -f native/pom.xml test-compile exec:exec@speed}.
 */
final class EngineSpeed {
  private static final Path NANO = Path.of("../models/r1-nano/r1-nano.gguf");
  private static final int TOKENS = 400;

  private EngineSpeed() {}

  public static void main(String[] arguments) {
    measure(Fixture.MODEL);
    if (Files.exists(NANO)) {
      measure(NANO);
    }
  }

  private static void measure(Path model) {
    try (Engine engine = Fixture.open(EngineOptions.defaults(model))) {
      run(engine, 1);
      for (int sequences : new int[] {1, 8, 16}) {
        EngineStats before = engine.stats();
        long started = System.nanoTime();
        long polls = run(engine, sequences);
        double seconds = (System.nanoTime() - started) / 1e9;
        EngineStats after = engine.stats();
        long tokens = after.outputTokens() - before.outputTokens();
        System.out.printf(
            "%s, %d sequences: %.0f tokens/s, %.3f polls per token, %.3f ms per step%n",
            engine.model().name(),
            sequences,
            tokens / seconds,
            (double) polls / tokens,
            (after.stepMicros() - before.stepMicros()) / 1e3 / (after.steps() - before.steps()));
      }
    }
  }

  /** So many requests at once; returns how often was polled. */
  private static long run(Engine engine, int sequences) {
    int[] prompt = engine.tokenize("What is 347 + 589?");
    for (int id = 1; id <= sequences; id++) {
      engine.submit(GenerationRequest.greedy(id, prompt, TOKENS).ignoringEnd());
    }
    EventBuffer events = new EventBuffer(4_096);
    long polls = 0;
    for (int open = sequences; open > 0; polls++) {
      engine.poll(events, Duration.ofSeconds(1));
      while (events.next()) {
        open -= events.kind() == EventBuffer.Kind.TOKEN ? 0 : 1;
      }
    }
    return polls;
  }
}
