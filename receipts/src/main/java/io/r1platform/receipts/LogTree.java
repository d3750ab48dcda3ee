package io.r1platform.receipts;

import java.util.ArrayList;
import java.util.List;

/**
 * RFC 6962's tree over a log: its root at any size it had, and what proves that an entry is in it
 * or that one tree continues another. Reads only the nodes that it needs, about 64 at most.
 */
public final class LogTree {
  private final Nodes nodes;
  private final Hasher hasher;

  /** Over the nodes of a log. One thread at a time. */
  public LogTree(Nodes nodes, Hasher hasher) {
    this.nodes = nodes;
    this.hasher = hasher;
  }

  /** The root of the tree of the first {@code size} leaves, at least one. */
  public Hash root(long size) {
    return range(0, size);
  }

  /**
   * The inclusion proof of RFC 6962 §2.1.1, from the leaf's sibling up.
   *
   * @throws IllegalArgumentException unless {@code 0 <= index < size}
   */
  public List<Hash> inclusion(long index, long size) {
    if (index < 0 || index >= size) {
      throw new IllegalArgumentException("no leaf %d in a tree of %d".formatted(index, size));
    }
    var proof = new ArrayList<Hash>();
    include(index, 0, size, proof);
    return proof;
  }

  private void include(long index, long from, long to, List<Hash> proof) {
    if (to - from == 1) {
      return;
    }
    long middle = from + split(to - from);
    if (index < middle) {
      include(index, from, middle, proof);
      proof.add(range(middle, to));
    } else {
      include(index, middle, to, proof);
      proof.add(range(from, middle));
    }
  }

  /**
   * The consistency proof of RFC 6962 §2.1.2; empty where one size is 0 or both are the same.
   *
   * @throws IllegalArgumentException unless {@code 0 <= oldSize <= size}
   */
  public List<Hash> consistency(long oldSize, long size) {
    if (oldSize < 0 || oldSize > size) {
      throw new IllegalArgumentException("no tree of %d before %d".formatted(oldSize, size));
    }
    var proof = new ArrayList<Hash>();
    if (oldSize > 0 && oldSize < size) {
      continued(oldSize, 0, size, true, proof);
    }
    return proof;
  }

  private void continued(long old, long from, long to, boolean whole, List<Hash> proof) {
    if (old == to) {
      if (!whole) {
        proof.add(range(from, to));
      }
      return;
    }
    long middle = from + split(to - from);
    if (old <= middle) {
      continued(old, from, middle, whole, proof);
      proof.add(range(middle, to));
    } else {
      continued(old, middle, to, false, proof);
      proof.add(range(from, middle));
    }
  }

  /** The hash over the leaves {@code [from, to)}; {@code from} is where a subtree begins. */
  public Hash range(long from, long to) {
    long count = to - from;
    if (Long.bitCount(count) == 1) {
      int level = Long.numberOfTrailingZeros(count);
      return nodes.complete(level, from >>> level);
    }
    long middle = from + split(count);
    return hasher.node(range(from, middle), range(middle, to));
  }

  /** The largest power of two below {@code count}, which is at least 2. */
  static long split(long count) {
    return Long.highestOneBit(count - 1);
  }
}
