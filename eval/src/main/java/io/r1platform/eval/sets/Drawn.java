package io.r1platform.eval.sets;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;

/**
 * One generated problem.
 *
 * @param kind math, exact or choice
 * @param choices of a choice, else empty
 * @param key its canonical form, task and operands, by which r1-nano's training leaves it out
 */
record Drawn(String kind, String question, String answer, List<String> choices, String key) {
  private static final int BUCKETS = 10;

  Drawn {
    choices = List.copyOf(choices);
  }

  /** The rule of models/r1-nano/train/problems.py: one bucket in ten is for evaluation only. */
  boolean isHeldOut() {
    byte[] digest = Draws.sha256(key);
    var number = new BigInteger(1, Arrays.copyOf(digest, 8));
    return number.mod(BigInteger.valueOf(BUCKETS)).signum() == 0;
  }
}
