package io.r1platform.standalone.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import io.r1platform.standalone.Figures;
import io.r1platform.standalone.simulation.Schedule.Troubles;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Crash between any two statements × duplicate × reorder × clock skew × zombie, on the production
 * code. {@code R1_SEED=N} runs one seed, {@code R1_SCHEDULES=N} so many.
 */
class SimulationIT {
  private static final int SCHEDULES =
      Integer.parseInt(System.getenv().getOrDefault("R1_SCHEDULES", "10000"));
  private static final @Nullable String ONE_SEED = System.getenv("R1_SEED");
  private static final int WORKERS = 4;
  private static final int BETWEEN_CLEARINGS = 250;
  private static final int BETWEEN_LINES = 10_000;
  private static final AtomicLong DONE = new AtomicLong();
  private static final int ALL_STEPS = Integer.MAX_VALUE;

  /** What is a warning in production happens at every other step here. */
  @BeforeAll
  static void silence() {
    ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger("ROOT").setLevel(Level.OFF);
  }

  @Test
  void nothingIsLostOrDoubledInAnySchedule() throws InterruptedException, ExecutionException {
    if (ONE_SEED != null) {
      try (World world = new World()) {
        runOrShrink(world, Long.parseLong(ONE_SEED));
      }
      return;
    }
    long begin = System.nanoTime();
    var troubles = new Troubles();
    try (var threads = Executors.newFixedThreadPool(WORKERS)) {
      List<Callable<Troubles>> work = new ArrayList<>();
      for (int worker = 0; worker < WORKERS; worker++) {
        int first = worker;
        World world = new World();
        work.add(() -> run(world, first));
      }
      for (Future<Troubles> done : threads.invokeAll(work)) {
        troubles.add(done.get());
      }
    }
    double minutes = (System.nanoTime() - begin) / 60e9;
    Figures.write(
        "simulation",
        ("schedules=%d crashes=%d duplicates=%d reorders=%d skews=%d zombies=%d"
                + " lost_answers=%d failures=0 minutes=%.1f")
            .formatted(
                SCHEDULES,
                troubles.crashes,
                troubles.duplicates,
                troubles.reorders,
                troubles.skews,
                troubles.zombies,
                troubles.lostAnswers,
                minutes));
  }

  /** A billing that acknowledges what it never took must be found, or the simulation is blind. */
  @Test
  void findsABillingThatAcknowledgesWithoutTaking() {
    try (World world = new World()) {
      world.network().lie();
      assertThatThrownBy(
              () -> {
                for (long seed = 0; seed < 50; seed++) {
                  new Schedule(world, seed, ALL_STEPS).run();
                }
              })
          .isInstanceOf(AssertionError.class);
    }
  }

  private static Troubles run(World mine, int first) {
    var troubles = new Troubles();
    try (World world = mine) {
      int number = 0;
      for (long seed = first; seed < SCHEDULES; seed += WORKERS) {
        troubles.add(runOrShrink(world, seed));
        if (++number % BETWEEN_CLEARINGS == 0) {
          long done = DONE.addAndGet(BETWEEN_CLEARINGS);
          if (done % BETWEEN_LINES == 0) {
            System.out.printf("simulation: %,d of %,d schedules%n", done, SCHEDULES);
          }
          assertThat(world.lawBroken()).as("conservation law after seed " + seed).isZero();
          world.clear();
        }
      }
      assertThat(world.lawBroken()).isZero();
    }
    return troubles;
  }

  private static Troubles runOrShrink(World world, long seed) {
    try {
      return new Schedule(world, seed, ALL_STEPS).run();
    } catch (AssertionError | RuntimeException failure) {
      return shrink(world, seed, failure);
    }
  }

  /** Finds the fewest steps with which the seed still fails. */
  private static Troubles shrink(World world, long seed, Throwable failure) {
    for (int steps = 0; steps < 20; steps++) {
      world.clear();
      var schedule = new Schedule(world, seed, steps);
      try {
        schedule.run();
      } catch (AssertionError | RuntimeException shorter) {
        return fail(
            "seed %d fails with %d steps; R1_SEED=%d ./r1 test simulation runs it again%n%s"
                .formatted(seed, steps, seed, String.join("\n", schedule.trace())),
            shorter);
      }
    }
    return fail("seed %d fails, but not when it runs alone".formatted(seed), failure);
  }
}
