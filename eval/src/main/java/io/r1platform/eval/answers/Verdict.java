package io.r1platform.eval.answers;

/** What a comparison of two answers found. */
public enum Verdict {
  /** They say the same. */
  EQUAL,
  /** They do not. */
  DIFFERENT,
  /** The algebra system did not decide in time; it counts as different and is told in the card. */
  UNDECIDED
}
