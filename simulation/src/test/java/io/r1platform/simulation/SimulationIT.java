package io.r1platform.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import io.r1platform.simulation.Schedule.Troubles;
import io.r1platform.testing.Figures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Crash between any two statements × duplicate × reorder × clock skew × zombie, on the production
 * code. {@code R1_SCHEDULES=N} runs so many, {@code R1_SEED=N} one, {@code R1_SEED=N-M} those of a
 * range on the same two gateways. Without either it is 100,000, but ends after 4 minutes, so that a
 * slow machine's whole test run keeps its time, and fails below {@link #LEAST}; the figure says how
 * many it was.
 */
class SimulationIT {
  private static final @Nullable String ASKED = System.getenv("R1_SCHEDULES");
  private static final int SCHEDULES = ASKED == null ? 100_000 : Integer.parseInt(ASKED);
  private static final Duration LIMIT = ASKED == null ? Duration.ofMinutes(4) : Duration.ofDays(1);
  private static final int LEAST = Math.min(5_000, SCHEDULES);
  private static final @Nullable String SEEDS = System.getenv("R1_SEED");
  private static final int WORKERS = 4;
  private static final int CHAIN = 1_000;
  private static final int DEFECT_CHAIN = 50;
  private static final int BETWEEN_LINES = 10_000;
  private static final int ALL_STEPS = Integer.MAX_VALUE;

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
    List<World> worlds = Stream.generate(World::new).limit(WORKERS).toList();
    long begin = System.nanoTime();
    long statements = SimulatedProcess.allSteps();
    var troubles = new Troubles();
    try (var threads = Executors.newFixedThreadPool(WORKERS)) {
      List<Callable<Troubles>> work = new ArrayList<>();
      for (World world : worlds) {
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
    assertThat(troubles.admissions).isGreaterThan(finished.get());
    Figures.write(
        "simulation",
        ("schedules=%d crashes=%d duplicates=%d reorders=%d skews=%d zombies=%d"
                + " lost_answers=%d admitted=%d refused=%d statements=%d failures=0"
                + " minutes=%.1f ms_each=%.2f")
            .formatted(
                finished.get(),
                troubles.crashes,
                troubles.duplicates,
                troubles.reorders,
                troubles.skews,
                troubles.zombies,
                troubles.lostAnswers,
                troubles.admissions,
                troubles.refusals,
                SimulatedProcess.allSteps() - statements,
                minutes,
                minutes * 60_000 / finished.get()));
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

  /** Each is a line of billing that is wrong; the laws must say so, or they are blind. */
  @Test
  void findsEachDefectInBillingsMoney() {
    try (World world = new World()) {
      for (String[] defect :
          new String[][] {
            {"leased = p.leased - s.settled", "leased = p.leased"},
            {"leased = p.leased - s.back", "leased = p.leased"},
            {"leased = p.leased + t.take", "leased = p.leased"},
            {"spent = p.spent + s.amount", "spent = p.spent"},
            {"spent = l.spent + s.amount", "spent = l.spent"},
            {"remaining = g.remaining - d.amount", "remaining = g.remaining"},
            {"select closed from usage_stream", "select false from usage_stream"},
          }) {
        assertThatThrownBy(() -> runWith(world, defect[0], defect[1]))
            .as("%s instead of %s", defect[1], defect[0])
            .isInstanceOf(Told.Broken.class);
      }
    }
  }

  private static void runWith(World world, String of, String to) {
    for (long seed = 0; seed < CHAIN; seed += DEFECT_CHAIN) {
      var chain = new Chain(world);
      world.billingProcess().rewrite(of, to);
      try {
        chain.run(seed, seed + DEFECT_CHAIN, ALL_STEPS);
      } finally {
        world.billingProcess().unrewrite();
      }
    }
  }

  /** What fails only after another seed is shrunk to those two, or nobody can read it. */
  @Test
  void shrinksARangeFromBothEnds() {
    var shrunk = Shrinking.range(0, 250, (from, until) -> from <= 93 && until > 117);
    assertThat(shrunk).isEqualTo(new Shrinking.Range(93, 118));
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
      return fail(Shrinking.of(world, from, until, failure).words(), failure);
    }
  }
}
