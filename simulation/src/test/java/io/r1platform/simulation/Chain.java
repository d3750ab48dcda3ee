package io.r1platform.simulation;

import io.r1platform.simulation.Schedule.Troubles;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Schedules one after another on the same two gateways, from an empty database on. Each leaves
 * everything healed, so that the next one's faults are its own; the truth is compared at the end.
 */
final class Chain {
  private static final AtomicLong REPLICAS = new AtomicLong();

  private final World world;
  private final Told told = new Told();
  private final List<Replica> replicas;
  private final Troubles troubles = new Troubles();
  private List<String> trace = List.of();

  Chain(World world) {
    this.world = world;
    world.clear();
    this.replicas = List.of(replica(), replica());
  }

  /**
   * Runs the schedules of these seeds.
   *
   * @param until the seed after the last one
   * @param mostSteps of each
   * @throws Told.Broken where a law is broken, as far as it can be said in which schedule
   */
  Troubles run(long from, long until, int mostSteps) {
    try {
      replicas.forEach(replica -> replica.start(null, 0));
      for (long seed = from; seed < until; seed++) {
        run(new Schedule(world, replicas, seed, mostSteps), seed);
      }
      end(from, until - 1);
      troubles.admissions = told.admissions();
      troubles.refusals = told.refusals();
      return troubles;
    } finally {
      replicas.forEach(Replica::kill);
    }
  }

  private void end(long first, long last) {
    try {
      Schedule.endEpochs(world, replicas);
    } catch (AssertionError | RuntimeException e) {
      throw new Told.Broken(last, e);
    }
    told.check(world, first);
    List<String> broken = world.broken();
    if (!broken.isEmpty()) {
      throw new Told.Broken(last, String.join("; ", broken));
    }
  }

  private void run(Schedule schedule, long seed) {
    trace = schedule.trace();
    try {
      troubles.add(schedule.run());
    } catch (AssertionError | RuntimeException e) {
      throw new Told.Broken(seed, e);
    }
  }

  /** No id comes twice: a writer that was killed in an earlier chain may still have a try. */
  private Replica replica() {
    return new Replica(world, REPLICAS.incrementAndGet(), told);
  }

  /** The steps of the last schedule. */
  List<String> trace() {
    return List.copyOf(trace);
  }
}
