package io.r1platform.api.limits;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What this replica has of one limit. Guarded by the lock of its organization but for what says
 * otherwise. Times are of the monotonic clock.
 */
abstract sealed class Bucket permits Rate, Places {
  final Limit.On on;
  private long most;
  private long version;
  private int waiting;
  private boolean denied;
  private long deniedUntil;
  private long usedAt;

  /**
   * What is asked of the shared bucket.
   *
   * @param give of a rate: room that goes back, below 0 a debt
   * @param held of places: those in use
   * @param need what lets those in that wait; of places with those in use
   * @param wish what would be useful
   */
  record Ask(Bucket bucket, long most, long version, long give, long held, long need, long wish) {}

  /**
   * What the shared bucket says.
   *
   * @param granted of a rate: new room; of places: all that this replica has from now on
   * @param level of a rate: 1/{@link Rate#UNIT} that nobody has taken
   * @param most the limit there, which may be newer than ours
   * @param others of places: what other replicas have
   * @param shortOf whether some replica lately needed more than there was
   */
  record Answer(long granted, long level, long most, long others, boolean shortOf) {}

  Bucket(Limit limit, long now) {
    this.on = limit.on();
    this.most = limit.most();
    this.version = limit.version();
    this.usedAt = now;
  }

  /** Whether one more request may pass. */
  abstract boolean hasRoom();

  /** What one request takes when it passes. */
  abstract void take(long amount, long now);

  /** What is to be asked now; null if nothing. */
  abstract @Nullable Ask ask(long now, Duration idleAfter);

  /** Takes the answer to the last ask in. */
  abstract void answered(Ask ask, Answer answer, long now);

  /** The last ask was perhaps not heard. */
  abstract void unheard(Ask ask);

  /** How long until a repeat may pass, as far as anybody knows. */
  abstract Duration retryAfter(long now);

  /** Whether nothing of it is here, so that it may be forgotten. */
  abstract boolean isEmpty();

  /** Whether it is used up wherever it could come from, without asking. */
  abstract boolean isSpentHere();

  /** Follows a change of the limit. */
  void follow(Limit limit) {
    if (limit.version() >= version && (limit.most() != most || limit.version() != version)) {
      most = limit.most();
      version = limit.version();
      denied = false;
      changed();
    }
  }

  abstract void changed();

  long most() {
    return most;
  }

  long version() {
    return version;
  }

  void waiting(int requests) {
    waiting = requests;
  }

  void oneMoreWaits() {
    waiting++;
  }

  int waiting() {
    return waiting;
  }

  void used(long now) {
    usedAt = now;
  }

  boolean isIdle(long now, Duration idleAfter) {
    return now - usedAt > idleAfter.toNanos();
  }

  void deny(long until) {
    denied = true;
    deniedUntil = until;
  }

  boolean isDenied(long now) {
    if (denied && deniedUntil - now <= 0) {
      denied = false;
    }
    return denied;
  }
}
