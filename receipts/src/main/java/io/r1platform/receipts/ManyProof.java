package io.r1platform.receipts;

import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * One proof that many leaves are in a tree: the hashes of the largest subtrees without any of them,
 * from left to right. It needs no more hashes than the single proofs together, mostly far fewer,
 * and both sides hold only one path in memory.
 */
public final class ManyProof {
  private ManyProof() {}

  /**
   * Writes the proof. Indexes are asked for in rising order, once each.
   *
   * @param nextIndex the next index; {@link Long#MAX_VALUE} after the last
   * @param size of the tree, at least 1
   * @throws IllegalArgumentException if an index does not rise or is not in the tree
   */
  public static void write(LongSupplier nextIndex, long size, LogTree tree, Consumer<Hash> to) {
    var writing = new Writing(nextIndex, tree, to);
    writing.range(0, size);
    if (writing.index != Long.MAX_VALUE) {
      throw new IllegalArgumentException(
          "no leaf %d in a tree of %d".formatted(writing.index, size));
    }
  }

  private static final class Writing {
    private final LongSupplier nextIndex;
    private final LogTree tree;
    private final Consumer<Hash> sink;
    private long index;

    private Writing(LongSupplier nextIndex, LogTree tree, Consumer<Hash> sink) {
      this.nextIndex = nextIndex;
      this.tree = tree;
      this.sink = sink;
      this.index = nextIndex.getAsLong();
    }

    private void range(long from, long to) {
      if (index >= to) {
        sink.accept(tree.range(from, to));
        return;
      }
      if (to - from == 1) {
        long after = nextIndex.getAsLong();
        if (after <= index) {
          throw new IllegalArgumentException("log indexes rise, %d does not".formatted(after));
        }
        index = after;
        return;
      }
      long middle = from + LogTree.split(to - from);
      range(from, middle);
      range(middle, to);
    }
  }

  /**
   * The root that a proof leads to. Indexes and leaves are asked for in rising order, once each.
   *
   * @param nextIndex the next index; {@link Long#MAX_VALUE} after the last
   * @param leafAt the leaf of the index that came last
   * @param nextHash the next hash of the proof
   */
  public static Hash root(
      long size,
      LongSupplier nextIndex,
      LongFunction<Hash> leafAt,
      Supplier<Hash> nextHash,
      Hasher hasher) {
    return new Reading(nextIndex, leafAt, nextHash, hasher).range(0, size);
  }

  private static final class Reading {
    private final LongSupplier nextIndex;
    private final LongFunction<Hash> leafAt;
    private final Supplier<Hash> nextHash;
    private final Hasher hasher;
    private long index;

    private Reading(
        LongSupplier nextIndex, LongFunction<Hash> leafAt, Supplier<Hash> nextHash, Hasher hasher) {
      this.nextIndex = nextIndex;
      this.leafAt = leafAt;
      this.nextHash = nextHash;
      this.hasher = hasher;
      this.index = nextIndex.getAsLong();
    }

    private Hash range(long from, long to) {
      if (index >= to) {
        return nextHash.get();
      }
      if (to - from == 1) {
        Hash leaf = leafAt.apply(index);
        long after = nextIndex.getAsLong();
        if (after <= index) {
          throw new NotGenuine("log index %d comes after %d".formatted(after, index));
        }
        index = after;
        return leaf;
      }
      long middle = from + LogTree.split(to - from);
      Hash left = range(from, middle);
      return hasher.node(left, range(middle, to));
    }
  }
}
