package io.r1platform.simulation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The least that still fails: one seed with the fewest steps, or, where it needs others before it,
 * the shortest range of seeds that halving finds.
 *
 * @param steps of each schedule
 * @param trace the steps of the last schedule
 */
record Shrinking(Range seeds, int steps, List<String> trace) {
  /** Seeds on the same two gateways; {@code until} is the seed after the last. */
  record Range(long from, long until) {}

  /** Whether a range of seeds fails. */
  interface Trial {
    boolean fails(long from, long until);
  }

  private static final int ALL_STEPS = Integer.MAX_VALUE;
  private static final int MOST_STEPS = 16;

  /** Shrinks what failed in a range of seeds. */
  static Shrinking of(World world, long from, long until, Told.Broken failure) {
    Shrinking alone = alone(world, failure.seed());
    if (alone != null) {
      return alone;
    }
    Range range = range(from, until, (first, end) -> trace(world, first, end, ALL_STEPS) != null);
    Shrinking last = range.from == range.until - 1 ? alone(world, range.from) : null;
    return last == null ? new Shrinking(range, ALL_STEPS, List.of()) : last;
  }

  /** Halves a range that fails from its start, then from its end. */
  static Range range(long from, long until, Trial trial) {
    long first = from;
    for (long half = (until - from) / 2; half > 0; half = half == 1 ? 0 : (half + 1) / 2) {
      while (first + half < until && trial.fails(first + half, until)) {
        first += half;
      }
    }
    long end = until;
    for (long half = (end - first) / 2; half > 0; half = half == 1 ? 0 : (half + 1) / 2) {
      while (end - half > first && trial.fails(first, end - half)) {
        end -= half;
      }
    }
    return new Range(first, end);
  }

  private static @Nullable Shrinking alone(World world, long seed) {
    for (int steps = 0; steps <= MOST_STEPS; steps++) {
      List<String> trace = trace(world, seed, seed + 1, steps);
      if (trace != null) {
        return new Shrinking(new Range(seed, seed + 1), steps, trace);
      }
    }
    return null;
  }

  /** Null if nothing fails. */
  private static @Nullable List<String> trace(World world, long from, long until, int steps) {
    var chain = new Chain(world);
    try {
      chain.run(from, until, steps);
      return null;
    } catch (Told.Broken failure) {
      return chain.trace();
    }
  }

  /** For whoever must mend it. */
  String words() {
    long last = seeds.until - 1;
    if (seeds.from == last) {
      return "seed %d fails with %d steps; R1_SEED=%d ./r1 test simulation runs it again%n%s"
          .formatted(last, steps, last, String.join("\n", trace));
    }
    return "seed %d fails after those from %d on; R1_SEED=%d-%d ./r1 test simulation runs them"
        .formatted(last, seeds.from, seeds.from, last);
  }
}
