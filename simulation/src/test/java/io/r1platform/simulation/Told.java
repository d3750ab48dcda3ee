package io.r1platform.simulation;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the gateways tried and what they told their clients, to be compared with the truth. */
final class Told {
  private final Map<UUID, Long> seeds = new HashMap<>();
  private final Set<UUID> served = new HashSet<>();
  private long refused;
  private final Map<UUID, byte[]> attempted = new HashMap<>();
  private final Set<UUID> acknowledged = new HashSet<>();

  /** A law that is broken. */
  static final class Broken extends AssertionError {
    private static final long serialVersionUID = 1;

    private final long seed;

    Broken(long seed, String what) {
      super("seed %d: %s".formatted(seed, what));
      this.seed = seed;
    }

    Broken(long seed, Throwable what) {
      super("seed %d: %s".formatted(seed, what), what);
      this.seed = seed;
    }

    /** The schedule in which it was. */
    long seed() {
      return seed;
    }
  }

  /** A request came. */
  void asked(UUID id, long seed) {
    seeds.put(id, seed);
  }

  /** Its ADMIT was said to be durable. */
  void served(UUID id) {
    served.add(id);
  }

  /** A request found no room, or nobody to ask for it. */
  void refused() {
    refused++;
  }

  /** How many were refused so. */
  long refusals() {
    return refused;
  }

  /** How many were served. */
  long admissions() {
    return served.size();
  }

  /** This FINAL was tried; whether it was written is not known. */
  void attempted(UUID id, byte[] record) {
    attempted.put(id, record);
  }

  /** That FINAL was said to be durable. */
  void acknowledged(UUID id) {
    acknowledged.add(id);
  }

  /**
   * Throws {@link Broken} for the first schedule that lost, doubled or changed something.
   *
   * @param first the schedule to name where none asked for what is there
   */
  void check(World world, long first) {
    Map<UUID, byte[]> admits = world.journal('A');
    Map<UUID, byte[]> finals = world.journal('F');
    Map<UUID, String> charged = world.charged();
    var broken = new TreeMap<Long, String>();
    var all = new HashSet<UUID>(seeds.keySet());
    all.addAll(admits.keySet());
    all.addAll(finals.keySet());
    all.addAll(charged.keySet());
    for (UUID id : all) {
      String what =
          wrong(id, admits.containsKey(id), finals.get(id), charged.getOrDefault(id, "nothing"));
      if (what != null) {
        broken.putIfAbsent(seeds.getOrDefault(id, first), what);
      }
    }
    if (!broken.isEmpty()) {
      throw new Broken(broken.firstKey(), broken.firstEntry().getValue());
    }
  }

  private @Nullable String wrong(UUID id, boolean admitted, byte @Nullable [] end, String charge) {
    if (!seeds.containsKey(id)) {
      return "nobody asked for " + id;
    }
    if (end == null) {
      return admitted || served.contains(id) || !charge.equals("nothing")
          ? "%s has no FINAL, charged %s".formatted(id, charge)
          : null;
    }
    if (!admitted) {
      return "FINAL %s has no ADMIT".formatted(id);
    }
    boolean written = hex(end).equals(hex(attempted.get(id)));
    if (!written && (!isLost(end) || acknowledged.contains(id))) {
      return "FINAL %s is not what its gateway wrote: %s".formatted(id, hex(end));
    }
    return charge.equals(leaf(end)) ? null : "FINAL %s is charged %s".formatted(id, charge);
  }

  /** Byte 1 of a record is how it ended; 6 is LOST. */
  private static boolean isLost(byte[] record) {
    return record[1] == 6;
  }

  private static String leaf(byte[] record) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      digest.update((byte) 0);
      return hex(digest.digest(record));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String hex(byte @Nullable [] bytes) {
    return bytes == null ? "nothing" : HexFormat.of().formatHex(bytes);
  }
}
