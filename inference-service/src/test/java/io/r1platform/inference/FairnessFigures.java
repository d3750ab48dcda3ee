package io.r1platform.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Run by {@code ./r1 bench fairness}. */
final class FairnessFigures {
  private static final int TRIES = 9;
  private static final List<Integer> WEIGHTS = List.of(1, 2, 4);
  private final TestDatabase database = TestDatabase.create();

  private static long medianSteps(Fairness fairness, int waiting) {
    List<Long> steps =
        IntStream.range(0, TRIES)
            .mapToObj(_ -> fairness.newcomer(waiting, 24).steps())
            .sorted()
            .toList();
    return steps.get(TRIES / 2);
  }

  @Test
  void measure(@TempDir Path directory) throws Exception {
    try (var billing = new BillingFake();
        var service =
            RunningService.start(
                database, billing.uri(), directory.resolve("tokens"), Fairness.SETTINGS)) {
      var fairness = new Fairness(service);
      long alone = medianSteps(fairness, 0);
      long behind = medianSteps(fairness, 1_000);
      Fairness.Shares shares = fairness.shares(WEIGHTS, 48, 40_000);
      Path figures = Files.createDirectories(Path.of("target/figures")).resolve("fairness.txt");
      Files.writeString(
          figures,
          String.format(
              Locale.ROOT,
              "fairness waiting=1000 steps_alone=%d steps_behind=%d delay_steps=%d weights=1:2:4"
                  + " over_fair_1=%.3f over_fair_2=%.3f over_fair_4=%.3f worst_error=%.3f"
                  + " slots_busy=%.3f%n",
              alone,
              behind,
              behind - alone,
              shares.overFair(0, WEIGHTS),
              shares.overFair(1, WEIGHTS),
              shares.overFair(2, WEIGHTS),
              shares.worstError(WEIGHTS),
              shares.perStep()));
      assertThat(behind - alone).isLessThanOrEqualTo(1);
      assertThat(shares.worstError(WEIGHTS)).isLessThan(0.05);
    }
  }
}
