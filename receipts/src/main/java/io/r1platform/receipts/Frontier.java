package io.r1platform.receipts;

import java.util.ArrayList;
import java.util.List;

/** A log that grows at its end, known by its complete subtrees alone: at most 63 hashes. */
public final class Frontier {
  private final Hasher hasher;
  private final List<Hash> peaks = new ArrayList<>();
  private long size;

  /** An empty log. */
  public Frontier(Hasher hasher) {
    this.hasher = hasher;
  }

  /** A log of {@code size} leaves. */
  public Frontier(Hasher hasher, long size, Nodes nodes) {
    this.hasher = hasher;
    this.size = size;
    long from = 0;
    for (int level = Long.SIZE - 2; level >= 0; level--) {
      if ((size >>> level & 1) != 0) {
        peaks.add(nodes.complete(level, from >>> level));
        from += 1L << level;
      }
    }
  }

  /** How many leaves there are. */
  public long size() {
    return size;
  }

  /** Adds a leaf. */
  public void append(Hash leaf) {
    Hash peak = leaf;
    for (long rest = size; (rest & 1) != 0; rest >>>= 1) {
      peak = hasher.node(peaks.removeLast(), peak);
    }
    peaks.add(peak);
    size++;
  }

  /** The root; of an empty log the hash of nothing. */
  public Hash root() {
    if (peaks.isEmpty()) {
      return hasher.plain(new byte[0]);
    }
    Hash root = peaks.getLast();
    for (int i = peaks.size() - 2; i >= 0; i--) {
      root = hasher.node(peaks.get(i), root);
    }
    return root;
  }
}
