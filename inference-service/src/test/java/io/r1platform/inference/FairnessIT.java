package io.r1platform.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.testing.TestDatabase;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The queue with the real engine; {@code ./r1 bench fairness} takes longer and counts steps. */
final class FairnessIT {
  private static final TestDatabase DATABASE = TestDatabase.create();
  private static final BillingFake BILLING = new BillingFake();
  private static final AtomicReference<RunningService> SERVICE = new AtomicReference<>();
  @TempDir static Path directory;

  @BeforeAll
  static void start() throws Exception {
    SERVICE.set(
        RunningService.start(
            DATABASE, BILLING.uri(), directory.resolve("tokens"), Fairness.SETTINGS));
  }

  @AfterAll
  static void stop() {
    SERVICE.get().close();
    BILLING.close();
  }

  /** What may begin in between was given to the engine before the newcomer came. */
  @Test
  void aThousandWaitingRequestsOfAnotherDoNotDelayANewcomer() {
    Fairness.Newcomer newcomer = new Fairness(SERVICE.get()).newcomer(1_000, 24);
    assertThat(newcomer.overtaking()).isLessThanOrEqualTo(1);
  }

  @Test
  void weights124GiveTokenSharesWithinFivePercent() {
    List<Integer> weights = List.of(1, 2, 4);
    Fairness.Shares shares = new Fairness(SERVICE.get()).shares(weights, 24, 14_000);
    assertThat(shares.worstError(weights)).isLessThan(0.05);
  }
}
