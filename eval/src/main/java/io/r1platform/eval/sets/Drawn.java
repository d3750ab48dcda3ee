package io.r1platform.eval.sets;

import io.r1platform.eval.steps.Worked;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;

/**
 * One generated problem.
 *
 * @param kind math, exact or choice
 * @param alternatives of a choice all of them, of exact other ways to write the answer
 * @param key its canonical form, task and operands: no two of a set are the same
 * @param trainingKey by which r1-nano's training leaves it out, mostly {@code key}
 * @param worked the steps to the answer, as r1-nano was taught to write them
 */
record Drawn(
    String kind,
    String question,
    String answer,
    List<String> alternatives,
    String key,
    String trainingKey,
    Worked worked) {
  private static final int BUCKETS = 10;

  Drawn {
    alternatives = List.copyOf(alternatives);
  }

  Drawn(
      String kind,
      String question,
      String answer,
      List<String> alternatives,
      String key,
      Worked worked) {
    this(kind, question, answer, alternatives, key, key, worked);
  }

  /** The rule of models/r1-nano/train/problems.py: one bucket in ten is for evaluation only. */
  boolean isHeldOut() {
    return isHeldOut(trainingKey);
  }

  static boolean isHeldOut(String trainingKey) {
    byte[] digest = Draws.sha256(trainingKey);
    var number = new BigInteger(1, Arrays.copyOf(digest, 8));
    return number.mod(BigInteger.valueOf(BUCKETS)).signum() == 0;
  }
}
