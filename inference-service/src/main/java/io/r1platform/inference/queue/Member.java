package io.r1platform.inference.queue;

/** Somebody who takes turns in a {@link Ring}. */
abstract class Member {
  /** Tokens of one turn at weight 1: less than most requests, so that turns are short. */
  static final long TURN_TOKENS = 128;

  private final String key;
  private int weight;
  private int running;
  private long deficit;

  Member(String key, int weight) {
    this.key = key;
    this.weight = weight;
    this.deficit = turn();
  }

  abstract boolean waits();

  String key() {
    return key;
  }

  void weigh(int latest) {
    weight = latest;
  }

  /** Has something to run and has not used up what its turns gave it. */
  boolean due() {
    return waits() && deficit > 0;
  }

  boolean idle() {
    return running == 0 && !waits();
  }

  /** Has nothing used that a later turn must pay back. */
  boolean owesNothing() {
    return deficit >= turn();
  }

  /** Turns until it is due; only for one that waits. */
  long turnsAway() {
    return deficit > 0 ? 0 : -deficit / turn() + 1;
  }

  /** Who does not wait saves up no more than one turn. */
  void giveTurns(long turns) {
    long given = deficit + turns * turn();
    deficit = waits() ? given : Math.min(given, Math.max(deficit, turn()));
  }

  void started(long cost) {
    running++;
    deficit -= cost;
  }

  void ended(long costMore) {
    running--;
    deficit -= costMore;
  }

  private long turn() {
    return TURN_TOKENS * weight;
  }
}
