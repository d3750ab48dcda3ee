package io.r1platform.receipts;

import java.util.ArrayList;
import java.util.List;

/**
 * A Merkle tree, shaped as the log's, each of whose nodes also commits to the sums below it. A leaf
 * is a record's leaf of the log with the sums of the one request. It grows at its end and holds one
 * path.
 */
public final class SumTree {
  private record Peak(Hash hash, Sums sums) {}

  private final Hasher hasher;
  private final List<Peak> peaks = new ArrayList<>();

  /** An empty tree. */
  public SumTree(Hasher hasher) {
    this.hasher = hasher;
  }

  /**
   * Adds a request.
   *
   * @throws ArithmeticException if a sum does not fit
   */
  public void append(Hash leaf, Sums sums) {
    var peak = new Peak(leaf, sums);
    for (long rest = requests(); (rest & 1) != 0; rest >>>= 1) {
      peak = join(peaks.removeLast(), peak);
    }
    peaks.add(peak);
  }

  private long requests() {
    long requests = 0;
    for (Peak peak : peaks) {
      requests += peak.sums.requests();
    }
    return requests;
  }

  /** What the root commits to. */
  public Sums sums() {
    return top().sums;
  }

  /** The root's hash; of an empty tree the hash of nothing. */
  public Hash root() {
    return top().hash;
  }

  private Peak top() {
    if (peaks.isEmpty()) {
      return new Peak(hasher.plain(new byte[0]), Sums.ZERO);
    }
    Peak top = peaks.getLast();
    for (int i = peaks.size() - 2; i >= 0; i--) {
      top = join(peaks.get(i), top);
    }
    return top;
  }

  private Peak join(Peak left, Peak right) {
    Hash hash = hasher.sumNode(left.hash, left.sums, right.hash, right.sums);
    return new Peak(hash, left.sums.plus(right.sums));
  }
}
