package io.r1platform.receipts;

import java.util.List;

/** Checks proofs of RFC 6962. */
public final class Proofs {
  private Proofs() {}

  /**
   * Checks that a leaf is in a tree.
   *
   * @throws NotGenuine if the proof leads to another root, or has more or fewer hashes than it
   *     needs
   */
  public static void included(
      Hasher hasher, Hash leaf, long index, long size, List<Hash> proof, Hash root) {
    if (index < 0 || index >= size) {
      throw new NotGenuine("no leaf %d in a tree of %d".formatted(index, size));
    }
    var walk = new Walk(hasher, proof);
    if (!walk.up(leaf, index, 0, size).equals(root) || walk.next != proof.size()) {
      throw new NotGenuine(
          "the proof of leaf %d does not lead to the root at %d".formatted(index, size));
    }
  }

  /**
   * Checks that a tree continues another; every tree continues the empty one.
   *
   * @throws NotGenuine if it does not
   */
  public static void consistent(
      Hasher hasher, long oldSize, Hash oldRoot, long size, Hash root, List<Hash> proof) {
    String between = "the trees of %d and %d".formatted(oldSize, size);
    if (oldSize < 0 || oldSize > size) {
      throw new NotGenuine(between + " are in the wrong order");
    }
    if (oldSize == 0 || oldSize == size) {
      if (!proof.isEmpty() || (oldSize == size && !oldRoot.equals(root))) {
        throw new NotGenuine(between + " are not the same");
      }
      return;
    }
    var walk = new Walk(hasher, proof);
    Roots roots = walk.both(oldSize, 0, size, true, oldRoot);
    if (walk.next != proof.size() || !roots.old.equals(oldRoot) || !roots.now.equals(root)) {
      throw new NotGenuine(between + " are not one log: the second does not continue the first");
    }
  }

  private record Roots(Hash old, Hash now) {}

  /** Follows a proof in the order in which {@link LogTree} wrote it. */
  private static final class Walk {
    private final Hasher hasher;
    private final List<Hash> proof;
    private int next;

    private Walk(Hasher hasher, List<Hash> proof) {
      this.hasher = hasher;
      this.proof = proof;
    }

    private Hash take() {
      if (next == proof.size()) {
        throw new NotGenuine("the proof has only %d hashes".formatted(next));
      }
      return proof.get(next++);
    }

    private Hash up(Hash leaf, long index, long from, long to) {
      if (to - from == 1) {
        return leaf;
      }
      long middle = from + LogTree.split(to - from);
      if (index < middle) {
        Hash left = up(leaf, index, from, middle);
        return hasher.node(left, take());
      }
      Hash right = up(leaf, index, middle, to);
      return hasher.node(take(), right);
    }

    private Roots both(long old, long from, long to, boolean whole, Hash oldRoot) {
      if (old == to) {
        Hash same = whole ? oldRoot : take();
        return new Roots(same, same);
      }
      long middle = from + LogTree.split(to - from);
      if (old <= middle) {
        Roots left = both(old, from, middle, whole, oldRoot);
        return new Roots(left.old, hasher.node(left.now, take()));
      }
      Roots right = both(old, middle, to, false, oldRoot);
      Hash left = take();
      return new Roots(hasher.node(left, right.old), hasher.node(left, right.now));
    }
  }
}
