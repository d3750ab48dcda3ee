package io.r1platform.simulation;

import io.r1platform.api.errors.ServiceException;
import io.r1platform.api.holds.Hold;
import io.r1platform.api.keys.Caller;
import io.r1platform.api.metering.Admission;
import io.r1platform.api.metering.Outcome;
import io.r1platform.api.metering.SimulatedGateway;
import io.r1platform.api.money.Pico;
import io.r1platform.testing.SettableClock;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/** A gateway's place: its lives one after another, and what its clients were told. */
final class Replica {
  /** No wait of the code under test takes this long; a longer one is a hang. */
  private static final long HANG_SECONDS = 60;

  /** One in so many clients does not wait for billing's answer. */
  private static final int IMPATIENT = 10;

  private record Open(Admission admission, Hold hold) {}

  private final World world;
  private final long id;
  private final Told told;
  private final SettableClock clock = new SettableClock(World.BEGIN);
  private final Map<UUID, Open> open = new HashMap<>();
  private RandomGenerator random = new SplittableRandom(0);
  private long seed;
  private long tenant;
  private SimulatedProcess process;
  private @Nullable SimulatedGateway life;

  /**
   * A place without a life yet.
   *
   * @param told gets what its clients are told
   */
  Replica(World world, long id, Told told) {
    this.world = world;
    this.id = id;
    this.told = told;
    this.process = world.process();
  }

  /**
   * Begins a schedule.
   *
   * @param random decides what happens in it
   * @param tenant who sends its requests
   * @param skew how far its clock is from the truth
   */
  void begin(RandomGenerator random, long seed, long tenant, Duration skew) {
    this.random = random;
    this.seed = seed;
    this.tenant = tenant;
    clock.set(world.now().plus(skew));
  }

  boolean isUp() {
    return life != null && !process.isDead();
  }

  boolean is(long replicaId) {
    return id == replicaId;
  }

  SimulatedProcess process() {
    return process;
  }

  SettableClock clock() {
    return clock;
  }

  /** Begins a life; {@code fault} may end it before it serves. */
  void start(SimulatedProcess.@Nullable Fault fault, int steps) {
    kill();
    process = world.process();
    if (fault != null) {
      process.arm(fault, steps);
    }
    guarded(
        () -> {
          var born = new SimulatedGateway(process, world.client(), id, clock, world.priceSha256());
          life = born;
          process.onDeath(born::kill);
          born.settleOwn();
        });
  }

  /** SIGKILL between two steps. */
  void kill() {
    process.die();
    if (life != null) {
      life.kill();
      life = null;
    }
    open.clear();
  }

  /**
   * A new request: its worst case is held, then ADMIT; the client is served only if that became
   * durable.
   *
   * @param between happens when the hold is taken and nothing is written
   */
  void admit(Runnable between) {
    long high = (clock.millis() << 16) | 0x7000L | random.nextInt(0x1000);
    long low = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
    Caller caller = World.caller(tenant, random.nextInt(2));
    boolean impatient = random.nextInt(IMPATIENT) == 0;
    boolean persistent = random.nextBoolean();
    attempt(
        gateway -> {
          var worst = gateway.worst(World.PROMPT, World.CAP);
          Hold hold = gateway.holds().take(caller, worst, impatient);
          if (hold == null && persistent) {
            hold = gateway.holds().take(caller, worst, false);
          }
          if (hold == null) {
            told.refused();
            return;
          }
          between.run();
          Admission admission =
              gateway.admission(new UUID(high, low), caller, World.CAP, hold.reservation());
          told.asked(admission.eventId(), seed);
          if (await(gateway.admit(admission))) {
            told.served(admission.eventId());
            open.put(admission.eventId(), new Open(admission, hold));
          } else {
            hold.release();
          }
        });
  }

  /** One of its requests ends. */
  void finish() {
    if (open.isEmpty()) {
      return;
    }
    List<UUID> ids = new ArrayList<>(open.keySet());
    ids.sort(UUID::compareTo);
    Open ended = open.remove(ids.get(random.nextInt(ids.size())));
    if (ended == null) {
      return;
    }
    Admission admission = ended.admission;
    int output = random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(World.CAP);
    int input = output == 0 ? 0 : random.nextInt(World.PROMPT + 1);
    boolean shrinks = random.nextBoolean();
    attempt(
        gateway -> {
          Outcome outcome =
              gateway.outcome(
                  input / 3, input - input / 3, output / 2, output - output / 2, output % 2 == 0);
          told.attempted(admission.eventId(), gateway.finalRecord(admission, outcome));
          if (shrinks) {
            ended.hold.shrinkTo(gateway.worst(input, World.CAP).amount());
          }
          Pico charge = admission.charge(outcome).amount();
          if (charge.value() == 0) {
            ended.hold.settle(charge); // as the relay does
          }
          if (await(gateway.settle(admission, outcome))) {
            told.acknowledged(admission.eventId());
            ended.hold.settle(charge);
          }
        });
  }

  /** Ends its requests in good order. False where it is dead or its epoch is over. */
  boolean drain() {
    while (isUp() && !open.isEmpty()) {
      finish();
    }
    if (isUp()) {
      attempt(SimulatedGateway::touch);
    }
    if (isUp() && random.nextInt(8) == 0) {
      sync(true);
    }
    return life != null && isUp() && !life.isFenced();
  }

  /** Ships a batch. */
  void ship() {
    attempt(
        gateway -> {
          try {
            gateway.ship();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  /** Lives, fences, settles. */
  void heartbeat() {
    attempt(SimulatedGateway::heartbeat);
  }

  /** The heartbeat of leases; {@code all}: everything that is free is given back. */
  void sync(boolean all) {
    attempt(gateway -> gateway.holds().sync(all));
  }

  /** Hears an answer of billing that was under way. */
  void hear() {
    int which = random.nextInt(World.CALLERS);
    attempt(gateway -> gateway.holds().hear(which));
  }

  private interface Step {
    void run(SimulatedGateway gateway);
  }

  /** Makes one step, if somebody is alive. */
  private void attempt(Step step) {
    SimulatedGateway alive = life;
    if (alive != null) {
      guarded(() -> step.run(alive));
    }
  }

  /** A step may fail, and it may be the last one of this life. */
  private void guarded(Runnable step) {
    try {
      step.run();
      if (life != null) {
        life.holds().check();
      }
    } catch (Crash e) {
      // dead in the middle of it
    } catch (RuntimeException e) {
      if (isHang(e) || !isBrokenConnection(e)) {
        throw e;
      }
      // the next step tries again
    }
    if (process.isDead() && life != null) {
      kill();
    }
  }

  /** A refusal, or the failure of a connection at whatever depth. All else is a bug. */
  private static boolean isBrokenConnection(Throwable e) {
    for (Throwable at = e; at != null; at = at.getCause()) {
      if (at instanceof ServiceException
          || at instanceof SQLException
          || at instanceof IOException
          || at instanceof DataAccessException
          || at instanceof TransactionException) {
        return true;
      }
    }
    return false;
  }

  private static boolean isHang(Throwable e) {
    return e instanceof AssertionError || e.getCause() instanceof TimeoutException;
  }

  private static boolean await(CompletableFuture<Void> durable) {
    try {
      durable.get(HANG_SECONDS, TimeUnit.SECONDS);
      return true;
    } catch (ExecutionException e) {
      return false;
    } catch (TimeoutException | InterruptedException e) {
      throw new IllegalStateException("a wait that never ends", e);
    }
  }
}
