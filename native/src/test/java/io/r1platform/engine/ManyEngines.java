package io.r1platform.engine;

import java.io.IOException;

/**
 * A main class that opens and closes engines, each of which generates, and says by how many KiB the
 * process grew: from the least of the first rounds to the least of the last, after a warm-up.
 */
final class ManyEngines {
  /** Engines opened between the middle of the first rounds and the middle of the last. */
  static final int BETWEEN = 200;

  private static final int ENGINES_OF_A_ROUND = 25;
  private static final int ROUNDS = 4;
  private static final int WARM_UP_ROUNDS = 6;
  private static final int[] PROMPT = {0, 3, 48, 4, 14};

  private ManyEngines() {}

  public static void main(String[] arguments) throws IOException {
    least(WARM_UP_ROUNDS);
    long first = least(ROUNDS);
    least(BETWEEN / ENGINES_OF_A_ROUND - ROUNDS);
    long last = least(ROUNDS);
    System.out.println("grown " + (last - first));
  }

  /** Resident KiB after the best of so many rounds. */
  private static long least(int rounds) throws IOException {
    long least = Long.MAX_VALUE;
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < ENGINES_OF_A_ROUND; i++) {
        try (Engine engine = Fixture.open()) {
          generate(engine);
        }
      }
      least = Math.min(least, ManyRequests.residentKib());
    }
    return least;
  }

  private static void generate(Engine engine) {
    engine.submit(GenerationRequest.greedy(1, PROMPT, 5).ignoringEnd());
    Generated.one(engine, 1);
  }
}
