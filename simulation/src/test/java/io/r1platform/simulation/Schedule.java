package io.r1platform.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.metering.SimulatedGateway;
import io.r1platform.simulation.Network.Fate;
import io.r1platform.simulation.SimulatedProcess.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * One schedule: two gateways, billing and the wire between them, two to fifteen steps and as many
 * faults as the seed draws; then everything is healed, until billing has all there is.
 */
final class Schedule {
  private static final int FEWEST_STEPS = 2;
  private static final int MORE_STEPS = 14;
  private static final int MOST_STATEMENTS = 14;
  private static final List<Fate> BAD_FATES = List.of(Fate.LOST, Fate.ANSWER_LOST, Fate.DOUBLED);
  private static final int HEALING_ROUNDS = 120;

  /** After one schedule in so many both gateways begin anew, whatever state they are in. */
  private static final int ANEW = 6;

  private static final Duration PAST_TOLERANCE = Duration.ofMinutes(9);
  private static final Duration PASSES = Duration.ofMinutes(10);

  /** How often each kind of trouble happened. */
  static final class Troubles {
    long crashes;
    long duplicates;
    long reorders;
    long skews;
    long zombies;
    long lostAnswers;
    long admissions;
    long refusals;

    void add(Troubles other) {
      crashes += other.crashes;
      duplicates += other.duplicates;
      reorders += other.reorders;
      skews += other.skews;
      zombies += other.zombies;
      lostAnswers += other.lostAnswers;
      admissions += other.admissions;
      refusals += other.refusals;
    }
  }

  private final World world;
  private final List<Replica> replicas;
  private final RandomGenerator random;
  private final int steps;
  private final Troubles troubles = new Troubles();
  private final List<String> trace = new ArrayList<>();

  /**
   * A schedule of a seed.
   *
   * @param replicas two gateways that have nothing open; they are left so
   * @param seed decides everything
   * @param mostSteps cuts it short, to find the shortest that fails
   */
  Schedule(World world, List<Replica> replicas, long seed, int mostSteps) {
    this.world = world;
    this.replicas = replicas;
    this.random = new SplittableRandom(seed);
    int more = Math.min(random.nextInt(MORE_STEPS), random.nextInt(MORE_STEPS)); // most are short
    this.steps = Math.min(mostSteps, FEWEST_STEPS + more);
    for (Replica replica : replicas) {
      replica.begin(random, seed, 1 + seed % World.TENANTS, skew());
    }
  }

  /** Runs it. Throws an {@link AssertionError} where something hangs or never arrives. */
  Troubles run() {
    for (int step = 0; step < steps; step++) {
      step();
    }
    heal();
    return troubles;
  }

  List<String> trace() {
    return trace;
  }

  private Duration skew() {
    if (random.nextInt(40) == 0) {
      return PAST_TOLERANCE; // billing holds what comes from the future
    }
    return Duration.ofSeconds(random.nextInt(480) - 240);
  }

  private void step() {
    int which = random.nextInt(replicas.size());
    Replica replica = replicas.get(which);
    trouble(replica);
    int kind = random.nextInt(24);
    trace.add(which + (replica.isUp() ? " up " : " down ") + kind);
    if (!replica.isUp()) {
      if (kind < 14) {
        replica.start(random.nextInt(3) == 0 ? fault() : null, statements());
      }
      return;
    }
    switch (kind) {
      case 0, 1, 2, 3, 4 -> replica.admit(between(replica));
      case 5, 6, 7, 8 -> replica.finish();
      case 9, 10, 11 -> replica.ship();
      case 12, 13 -> replica.heartbeat();
      case 14 -> {
        troubles.crashes++;
        replica.kill();
      }
      case 15 -> silence(replica);
      case 16 -> {
        troubles.reorders++;
        world.network().replay(random.nextInt(16));
      }
      case 17 -> {
        troubles.skews++;
        replica.clock().advance(Duration.ofSeconds(random.nextInt(120) - 60));
      }
      case 18, 19 -> replica.sync(random.nextInt(4) == 0);
      case 20 -> replica.hear();
      case 21 -> {
        world.pass(PASSES);
        replicas.forEach(each -> each.clock().advance(PASSES));
      }
      default -> {
        replica.admit(between(replica));
        replica.finish();
        replica.ship();
      }
    }
  }

  /** What happens while a hold is taken and its ADMIT is not written: mostly nothing. */
  private Runnable between(Replica replica) {
    return switch (random.nextInt(16)) {
      case 0 -> () -> silence(replica);
      case 1 ->
          () -> {
            troubles.crashes++;
            replica.kill();
          };
      case 2 -> () -> replica.sync(true);
      default -> () -> {};
    };
  }

  /** Arms something that breaks during this step or a later one. */
  private void trouble(Replica replica) {
    switch (random.nextInt(8)) {
      case 0 -> {
        troubles.crashes++;
        trace.add("arm " + replicas.indexOf(replica));
        replica.process().arm(fault(), statements());
      }
      case 1 -> {
        troubles.crashes++;
        trace.add("arm billing");
        world.billingProcess().arm(fault(), statements());
      }
      case 2 -> {
        Fate fate = BAD_FATES.get(random.nextInt(BAD_FATES.size()));
        trace.add("next message " + fate);
        troubles.duplicates += fate == Fate.LOST ? 0 : 1;
        world.network().next(fate);
      }
      default -> {}
    }
  }

  private Fault fault() {
    int kind = random.nextInt(10);
    if (kind == 0) {
      troubles.lostAnswers++;
      return Fault.ANSWER_LOST;
    }
    return kind < 5 ? Fault.DIES_BEFORE : Fault.DIES_AFTER;
  }

  private int statements() {
    return random.nextInt(MOST_STATEMENTS);
  }

  /** A replica that was cut off for too long: its peer fences it, and it goes on as a zombie. */
  private void silence(Replica replica) {
    troubles.zombies++;
    for (int look = 0; look <= SimulatedGateway.MOST_LOOKS; look++) {
      replicas.stream().filter(other -> other != replica).forEach(Replica::heartbeat);
    }
  }

  private void heal() {
    world.billingProcess().disarm();
    world.network().forget();
    boolean anew = random.nextInt(ANEW) == 0; // then nobody settles for another
    for (Replica replica : replicas) {
      replica.process().disarm();
      if (anew || !replica.drain()) {
        replica.start(null, 0);
      }
    }
    shipAll(world, replicas, !anew);
  }

  /** Ends every epoch that ever leased, so that nothing may be leased any more. */
  static void endEpochs(World world, List<Replica> replicas) {
    replicas.forEach(replica -> replica.start(null, 0));
    shipAll(world, replicas, false);
  }

  /** Lets each gateway do what is left for it to do: nothing else costs a statement. */
  private static void shipAll(World world, List<Replica> replicas, boolean heartbeats) {
    List<World.Unshipped> left = world.unshipped();
    for (int round = 0; !left.isEmpty(); round++) {
      assertThat(round).as("rounds until everything is shipped").isLessThan(HEALING_ROUNDS);
      Replica settles = replicas.get(round % replicas.size());
      for (Replica replica : replicas) {
        if (heartbeats && left.stream().anyMatch(World.Unshipped::isUnsettled)) {
          replica.heartbeat();
        }
        if (left.stream().anyMatch(s -> s.ended() ? replica == settles : replica.is(s.replica()))) {
          replica.ship();
        }
      }
      left = world.unshipped();
    }
  }
}
