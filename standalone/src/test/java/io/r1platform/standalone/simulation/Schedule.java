package io.r1platform.standalone.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.r1platform.api.metering.SimulatedGateway;
import io.r1platform.standalone.simulation.Network.Fate;
import io.r1platform.standalone.simulation.SimulatedProcess.Fault;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One schedule: two gateways, billing and the wire between them, up to sixteen steps and as many
 * faults as the seed draws; then everything is healed and the truth is compared.
 */
final class Schedule {
  private static final int MOST_STEPS = 16;
  private static final int MOST_STATEMENTS = 14;
  private static final List<Fate> BAD_FATES = List.of(Fate.LOST, Fate.ANSWER_LOST, Fate.DOUBLED);
  private static final int HEALING_ROUNDS = 120;
  private static final Duration PAST_TOLERANCE = Duration.ofMinutes(9);

  /** How often each kind of trouble happened. */
  static final class Troubles {
    long crashes;
    long duplicates;
    long reorders;
    long skews;
    long zombies;
    long lostAnswers;

    void add(Troubles other) {
      crashes += other.crashes;
      duplicates += other.duplicates;
      reorders += other.reorders;
      skews += other.skews;
      zombies += other.zombies;
      lostAnswers += other.lostAnswers;
    }
  }

  private final World world;
  private final Random random;
  private final int steps;
  private final long tenant;
  private final Troubles troubles = new Troubles();
  private final Map<UUID, byte[]> attempted = new HashMap<>();
  private final Set<UUID> acknowledged = new HashSet<>();
  private final List<Replica> replicas = new ArrayList<>();
  private final List<String> trace = new ArrayList<>();

  /**
   * A schedule of a seed.
   *
   * @param seed decides everything
   * @param mostSteps cuts it short, to find the shortest that fails
   */
  Schedule(World world, long seed, int mostSteps) {
    this.world = world;
    this.random = new Random(seed);
    this.tenant = 1_000 + seed;
    this.steps = Math.min(mostSteps, 4 + random.nextInt(MOST_STEPS - 3));
    for (int i = 1; i <= 2; i++) {
      replicas.add(
          new Replica(world, tenant * 10 + i, tenant, random, skew(), attempted, acknowledged));
    }
  }

  /** Runs it. Throws an {@link AssertionError} where a law is broken. */
  Troubles run() {
    world.network().forget();
    replicas.forEach(replica -> replica.start(null, 0));
    for (int step = 0; step < steps; step++) {
      step();
    }
    heal();
    check();
    replicas.forEach(Replica::kill);
    forgetReplicas();
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
    Replica replica = replicas.get(random.nextInt(replicas.size()));
    trouble(replica);
    int kind = random.nextInt(20);
    trace.add(replica.id() + (replica.isUp() ? " up " : " down ") + kind);
    if (!replica.isUp()) {
      if (kind < 12) {
        replica.start(random.nextInt(3) == 0 ? fault() : null, statements());
      }
      return;
    }
    switch (kind) {
      case 0, 1, 2, 3 -> replica.admit();
      case 4, 5, 6, 7, 8 -> replica.finish();
      case 9, 10, 11, 12 -> replica.ship();
      case 13, 14 -> replica.heartbeat();
      case 15 -> {
        troubles.crashes++;
        replica.kill();
      }
      case 16 -> silence(replica);
      case 17 -> {
        troubles.reorders++;
        world.network().replay(random.nextInt(16));
      }
      case 18 -> {
        troubles.skews++;
        replica.clock().advance(Duration.ofSeconds(random.nextInt(120) - 60));
      }
      default -> {
        replica.admit();
        replica.finish();
        replica.ship();
      }
    }
  }

  /** Arms something that breaks during this step or a later one. */
  private void trouble(Replica replica) {
    switch (random.nextInt(8)) {
      case 0 -> {
        troubles.crashes++;
        trace.add("arm " + replica.id());
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
    replicas.forEach(replica -> replica.start(null, 0));
    for (int round = 0; !isShipped(); round++) {
      assertThat(round).as("rounds until everything is shipped").isLessThan(HEALING_ROUNDS);
      replicas.get(round % replicas.size()).ship();
    }
  }

  private boolean isShipped() {
    return count(
            """
            select count(*) from api.shipping s
            where replica_id between 10 * :tenant and 10 * :tenant + 9
              and case when last_seq is not null then reported_at is null
              else acked_seq < coalesce((select max(j.ship_seq) from api.usage_journal j
                where j.replica_id = s.replica_id and j.epoch = s.epoch and j.kind = 'F'), 0) end
            """)
        == 0;
  }

  private void check() {
    Map<UUID, byte[]> finals = new HashMap<>();
    Set<UUID> admitted = new HashSet<>();
    world
        .truth()
        .sql(
            """
            select event_id, true, record from api.usage_journal
            where replica_id between 10 * :tenant and 10 * :tenant + 9 and kind = 'F'
            union all
            select event_id, false, record from api.usage_journal
            where replica_id between 10 * :tenant and 10 * :tenant + 9 and kind = 'A'
            """)
        .param("tenant", tenant)
        .query(
            row -> {
              UUID id = row.getObject(1, UUID.class);
              if (row.getBoolean(2)) {
                finals.put(id, row.getBytes(3));
              } else {
                admitted.add(id);
              }
            });
    assertThat(finals.keySet()).as("every ADMIT has its FINAL").isEqualTo(admitted);
    assertThat(finals.keySet()).as("acknowledged FINALs").containsAll(acknowledged);
    finals.forEach(
        (id, record) ->
            assertThat(hex(record).equals(hex(attempted.get(id))))
                .as("FINAL %s is what its gateway wrote, or LOST if that was not acknowledged", id)
                .isEqualTo(acknowledged.contains(id) || !isLost(record)));
    assertThat(charged()).as("usage and held records").isEqualTo(leaves(finals));
  }

  /** Content hash of each usage record, and of each one that is held as coming from the future. */
  private Map<UUID, String> charged() {
    var leaves = new HashMap<UUID, String>();
    world
        .truth()
        .sql(
            """
            select event_id, encode(leaf_sha256, 'hex') from billing.usage_record
            where tenant_id = :tenant
            union all
            select event_id, encode(leaf_sha256, 'hex') from billing.usage_held
            where replica_id / 10 = :tenant and reason = 'FUTURE'
            """)
        .param("tenant", tenant)
        .query(
            row -> {
              String before = leaves.put(row.getObject(1, UUID.class), row.getString(2));
              assertThat(before).as("both charged and held").isNull();
            });
    return leaves;
  }

  private static Map<UUID, String> leaves(Map<UUID, byte[]> records) {
    var leaves = new HashMap<UUID, String>();
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      for (Map.Entry<UUID, byte[]> record : records.entrySet()) {
        digest.update((byte) 0);
        leaves.put(record.getKey(), hex(digest.digest(record.getValue())));
      }
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    return leaves;
  }

  /** Byte 1 of a record is how it ended; 6 is LOST. */
  private static boolean isLost(byte[] record) {
    return record[1] == 6;
  }

  private static String hex(byte @Nullable [] bytes) {
    return bytes == null ? "nothing" : HexFormat.of().formatHex(bytes);
  }

  private long count(String sql) {
    return world.truth().sql(sql).param("tenant", tenant).query(Long.class).single();
  }

  /** A later schedule's gateways must not find these silent. */
  private void forgetReplicas() {
    for (String table : List.of("replica", "shipping")) {
      world
          .truth()
          .sql(
              "delete from api.%s where replica_id between 10 * :tenant and 10 * :tenant + 9"
                  .formatted(table))
          .param("tenant", tenant)
          .update();
    }
  }
}
