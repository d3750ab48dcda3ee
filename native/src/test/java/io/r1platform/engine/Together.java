package io.r1platform.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Sixteen requests alone, then together. A main class too, since a process chooses its processor
 * kernels once: it takes those of the directory {@code r1.libraries} and prints the difference.
 */
final class Together {
  static final String LAST_WORD = "difference ";
  private static final int REQUESTS = 16;
  private static final int TOKENS = 40;
  private static final int ALTERNATIVES = 20;

  private Together() {}

  public static void main(String[] arguments) {
    try (Engine engine = Fixture.open(Path.of(System.getProperty("r1.libraries", "")))) {
      System.out.println(LAST_WORD + difference(engine));
    }
  }

  /** The largest, in logprobs; the tokens must be the same. */
  static double difference(Engine engine) {
    List<Generated> alone = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      engine.submit(request(i));
      alone.add(Generated.one(engine, i + 1));
    }
    for (int i = 0; i < REQUESTS; i++) {
      engine.submit(request(i));
    }
    List<Generated> together = Generated.all(engine, LongStream.rangeClosed(1, REQUESTS).toArray());
    double largest = 0;
    for (int i = 0; i < REQUESTS; i++) {
      assertThat(together.get(i).ids).isEqualTo(alone.get(i).ids);
      for (int t = 0; t < TOKENS; t++) {
        for (int a = 0; a < ALTERNATIVES; a++) {
          double one = alone.get(i).alternatives.get(t).get(a).logprob();
          double other = together.get(i).alternatives.get(t).get(a).logprob();
          largest = Math.max(largest, Math.abs(one - other));
        }
      }
    }
    return largest;
  }

  /** Prompts of 5 to 260 tokens. */
  private static GenerationRequest request(int number) {
    int[] prompt = IntStream.range(0, 5 + 17 * number).map(at -> 100 + number + at).toArray();
    return GenerationRequest.greedy(number + 1, prompt, TOKENS)
        .ignoringEnd()
        .withLogprobs(ALTERNATIVES);
  }
}
