package io.r1platform.receipts;

/** Where the complete subtrees of a log come from. */
@FunctionalInterface
public interface Nodes {
  /**
   * The hash over the leaves {@code [index · 2^level, (index + 1) · 2^level)}, all of which the log
   * has.
   */
  Hash complete(int level, long index);
}
