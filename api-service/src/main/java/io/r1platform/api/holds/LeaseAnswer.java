package io.r1platform.api.holds;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What billing said to an ask. */
sealed interface LeaseAnswer {

  /** Every scope that binds, with its lease. */
  record Lent(long version, List<Lease> leases) implements LeaseAnswer {}

  /**
   * One lease.
   *
   * @param granted the total of this epoch, pico
   * @param endsAt until when it may be taken from unless it is named again; null: any time
   * @param periodEndsAt from when on no answer names it; null: it may always be named
   */
  record Lease(
      Scope scope,
      long scopeId,
      long leaseId,
      BigInteger granted,
      @Nullable Instant endsAt,
      @Nullable Instant periodEndsAt) {}

  /**
   * Nothing was taken: {@code left} is what another ask could get, {@code leased} what gateways
   * have and may give back.
   */
  record Exhausted(
      long version,
      Scope scope,
      long scopeId,
      BigInteger limit,
      BigInteger left,
      BigInteger leased,
      @Nullable Instant resetsAt)
      implements LeaseAnswer {}

  /** This replica's epoch is over. */
  record Over() implements LeaseAnswer {}

  /** No answer that can be used. */
  record Away(String why) implements LeaseAnswer {}
}
