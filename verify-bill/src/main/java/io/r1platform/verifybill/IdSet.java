package io.r1platform.verifybill;

import java.util.UUID;

/** Ids that were seen, 24 to 48 bytes each. The id of all zeros is not one. */
final class IdSet {
  private final long[] high;
  private final long[] low;
  private final int mask;

  /** For so many. */
  IdSet(long most) {
    int slots = Integer.highestOneBit(Math.toIntExact(most + most / 2 + 1)) << 1;
    high = new long[slots];
    low = new long[slots];
    mask = slots - 1;
  }

  /** Whether it was not there before. */
  boolean add(UUID id) {
    int at = slot(id);
    if ((high[at] | low[at]) != 0) {
      return false;
    }
    high[at] = id.getMostSignificantBits();
    low[at] = id.getLeastSignificantBits();
    return true;
  }

  /** Whether it is there. */
  boolean contains(UUID id) {
    int at = slot(id);
    return (high[at] | low[at]) != 0;
  }

  /** Where it is, or the free place where it belongs. */
  private int slot(UUID id) {
    long a = id.getMostSignificantBits();
    long b = id.getLeastSignificantBits();
    long mixed = (a ^ (b * 0x9e3779b97f4a7c15L)) * 0xff51afd7ed558ccdL;
    int at = (int) (mixed >>> 32) & mask;
    while ((high[at] != a || low[at] != b) && (high[at] | low[at]) != 0) {
      at = (at + 1) & mask;
    }
    return at;
  }
}
