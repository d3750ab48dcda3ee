package io.r1platform.api.holds;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One lease as this replica knows it: totals in pico that only rise, and what open requests hold.
 * Guarded by the lock of its {@link Account}. It is kept as long as an answer may name its lease,
 * since without its totals a grant would be read as all unspent.
 */
final class Slice {
  /** Longer than any answer of billing is under way. */
  private static final Duration LATE = Duration.ofMinutes(10);

  private final long leaseId;
  private final @Nullable Instant periodEndsAt;
  private @Nullable Instant endsAt;
  private BigInteger granted = BigInteger.ZERO;
  private BigInteger charged = BigInteger.ZERO;
  private BigInteger returned = BigInteger.ZERO;
  private BigInteger told = BigInteger.ZERO;
  private BigInteger held = BigInteger.ZERO;
  private boolean recalled;
  private long usedNanos;

  /**
   * A lease that may be taken from until {@code endsAt}, and named again until its period ends; a
   * null is never.
   */
  Slice(long leaseId, @Nullable Instant endsAt, @Nullable Instant periodEndsAt) {
    this.leaseId = leaseId;
    this.endsAt = endsAt;
    this.periodEndsAt = periodEndsAt;
  }

  /** Billing's word on the total, in whatever order its answers come. */
  void granted(BigInteger total) {
    granted = granted.max(total);
  }

  /** An answer names this lease, so it may be taken from until it ends. */
  void named(long nanos, @Nullable Instant end) {
    recalled = false;
    endsAt = end;
    usedNanos = nanos;
  }

  BigInteger free() {
    return granted.subtract(charged).subtract(held).subtract(returned);
  }

  /** What may be taken now. */
  BigInteger room() {
    return recalled ? BigInteger.ZERO : free().max(BigInteger.ZERO);
  }

  void hold(BigInteger amount, long nanos) {
    if (room().compareTo(amount) < 0) {
      throw new IllegalStateException("lease %d has no room for a hold".formatted(leaseId));
    }
    held = held.add(amount);
    usedNanos = nanos;
  }

  /** Part of a hold is not needed. */
  void shrink(BigInteger amount) {
    held = held.subtract(amount);
  }

  void settle(BigInteger amount, BigInteger charge) {
    held = held.subtract(amount);
    charged = charged.add(charge);
  }

  void recall() {
    recalled = true;
  }

  boolean isRecalled() {
    return recalled;
  }

  /** Gives back what nobody holds. True if that was something. */
  boolean giveBack() {
    BigInteger free = free();
    if (free.signum() <= 0) {
      return false;
    }
    returned = returned.add(free);
    return true;
  }

  boolean isIdle(long nanos, long idleNanos) {
    return nanos - usedNanos > idleNanos;
  }

  boolean isOver(Instant now) {
    return endsAt != null && !now.isBefore(endsAt);
  }

  /** Whether nothing can change any more and billing knows all of it. */
  boolean isDone(Instant now) {
    return periodEndsAt != null
        && !now.minus(LATE).isBefore(periodEndsAt)
        && held.signum() == 0
        && free().signum() <= 0
        && !isUntold();
  }

  boolean isUntold() {
    return returned.compareTo(told) > 0;
  }

  void told(BigInteger total) {
    told = told.max(total);
  }

  long leaseId() {
    return leaseId;
  }

  BigInteger returned() {
    return returned;
  }

  BigInteger held() {
    return held;
  }

  BigInteger charged() {
    return charged;
  }

  BigInteger granted() {
    return granted;
  }
}
