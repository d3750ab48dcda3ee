package io.r1platform.eval.problems;

/** How an answer is judged. */
public enum Kind {
  /** As mathematics: formulas, numbers, lists, intervals. */
  MATH,
  /** As one of some choices. */
  CHOICE,
  /** As text, space and case aside. */
  EXACT,
  /** Which of two items is better: no right or wrong, a ranking comes of all of them. */
  PAIR
}
