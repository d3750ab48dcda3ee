package io.r1platform.standalone.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import io.r1platform.standalone.Figures;
import io.r1platform.standalone.simulation.Schedule.Troubles;
import java.time.Duration;
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
 * code. {@code R1_SCHEDULES=N} runs so many, {@code R1_SEED=N} one, {@code R1_SEED=N-M} those of a
 * range on the same two gateways. Without either it ends after six minutes, so that a slow
 * machine's whole test run keeps its time, and fails below {@link #LEAST}; the figure says how many
 * it was.
 */
class SimulationIT {
  private static final @Nullable String ASKED = System.getenv("R1_SCHEDULES");
  private static final int SCHEDULES = ASKED == null ? 100_000 : Integer.parseInt(ASKED);
  private static final Duration LIMIT = ASKED == null ? Duration.ofMinutes(6) : Duration.ofDays(1);
  private static final int LEAST = Math.min(20_000, SCHEDULES);
  private static final @Nullable String SEEDS = System.getenv("R1_SEED");
  private static final int WORKERS = 4;
  private static final int CHAIN = 250;
  private static final int BETWEEN_LINES = 10_000;
  private static final int ALL_STEPS = Integer.MAX_VALUE;
  private static final int MOST_SHRUNK_STEPS = 16;

  private final AtomicLong next = new AtomicLong();
  private final AtomicLong finished = new AtomicLong();

  /** What is a warning in production happens at every other step here. */
  @BeforeAll
  static void silence() {
    ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger("ROOT").setLevel(Level.OFF);
  }

  @Test
  void nothingIsLostOrDoubledInAnySchedule() throws InterruptedException, ExecutionException {
    if (SEEDS != null) {
      try (World world = new World()) {
        String[] ends = SEEDS.split("-", 2);
        long first = Long.parseLong(ends[0]);
        runOrShrink(world, first, Long.parseLong(ends[ends.length - 1]) + 1);
      }
      return;
    }
    long begin = System.nanoTime();
    var troubles = new Troubles();
    try (var threads = Executors.newFixedThreadPool(WORKERS)) {
      List<Callable<Troubles>> work = new ArrayList<>();
      for (int worker = 0; worker < WORKERS; worker++) {
        World world = new World();
        work.add(() -> run(world, begin));
      }
      for (Future<Troubles> done : threads.invokeAll(work)) {
        troubles.add(done.get());
      }
    }
    double minutes = (System.nanoTime() - begin) / 60e9;
    assertThat(finished.get())
        .as("schedules in %.1f minutes", minutes)
        .isGreaterThanOrEqualTo(LEAST);
    Figures.write(
        "simulation",
        ("schedules=%d crashes=%d duplicates=%d reorders=%d skews=%d zombies=%d"
                + " lost_answers=%d failures=0 minutes=%.1f")
            .formatted(
                finished.get(),
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
      assertThatThrownBy(() -> new Chain(world).run(0, 50, ALL_STEPS))
          .isInstanceOf(Told.Broken.class)
          .hasMessageMatching("(?s).*(is charged nothing|rounds until everything is shipped).*");
    }
  }

  private Troubles run(World mine, long begin) {
    var troubles = new Troubles();
    try (World world = mine) {
      while (System.nanoTime() - begin < LIMIT.toNanos()) {
        long seed = next.getAndAdd(CHAIN);
        long until = Math.min(seed + CHAIN, SCHEDULES);
        if (seed >= until) {
          break;
        }
        troubles.add(runOrShrink(world, seed, until));
        if (finished.addAndGet(until - seed) % BETWEEN_LINES == 0) {
          System.out.printf("simulation: %,d of %,d schedules%n", finished.get(), SCHEDULES);
        }
      }
    }
    return troubles;
  }

  private static Troubles runOrShrink(World world, long from, long until) {
    try {
      return new Chain(world).run(from, until, ALL_STEPS);
    } catch (Told.Broken failure) {
      return shrink(world, from, failure);
    }
  }

  /** Finds the fewest steps with which the seed still fails, alone. */
  private static Troubles shrink(World world, long from, Told.Broken failure) {
    long seed = failure.seed();
    for (int steps = 0; steps <= MOST_SHRUNK_STEPS; steps++) {
      var chain = new Chain(world);
      try {
        chain.run(seed, seed + 1, steps);
      } catch (Told.Broken shorter) {
        return fail(
            "seed %d fails with %d steps; R1_SEED=%d ./r1 test simulation runs it again%n%s"
                .formatted(seed, steps, seed, String.join("\n", chain.trace())),
            shorter);
      }
    }
    return fail(
        "seed %d does not fail alone; R1_SEED=%d-%d ./r1 test simulation runs it after the others"
            .formatted(seed, from, seed),
        failure);
  }
}
