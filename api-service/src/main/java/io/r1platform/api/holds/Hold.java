package io.r1platform.api.holds;

import io.r1platform.api.metering.Reservation;
import io.r1platform.api.money.Pico;
import java.math.BigInteger;
import java.util.EnumMap;
import java.util.Map;

/**
 * The worst case of one open request, taken from the slice of every scope that binds it. It ends
 * once: by {@link #settle} when its FINAL is durable, or at once if nothing is charged, or by
 * {@link #release} when no ADMIT was written. A hold whose FINAL cannot be written stays, until the
 * epoch is closed.
 */
public final class Hold {
  private final Account account;
  private final Map<Scope, Slice> slices;
  private final Pico pico;
  private BigInteger amount;
  private boolean open = true;

  Hold(Account account, Map<Scope, Slice> slices, Pico pico) {
    this.account = account;
    this.slices = new EnumMap<>(slices);
    this.pico = pico;
    this.amount = BigInteger.valueOf(pico.value());
  }

  /** For the journal: the amount, and the leases that it was taken from. */
  public Reservation reservation() {
    return new Reservation(
        pico.value(),
        lease(Scope.CREDIT),
        lease(Scope.ORGANIZATION),
        lease(Scope.PROJECT),
        lease(Scope.KEY));
  }

  /** The worst case when it was taken. */
  public Pico pico() {
    return pico;
  }

  /** The charge is durable: it is spent, the rest is free again. Later calls do nothing. */
  public void settle(Pico charge) {
    account.end(this, BigInteger.valueOf(charge.value()));
  }

  /** Nothing ran and nothing was journaled: all is free again. Later calls do nothing. */
  public void release() {
    account.end(this, BigInteger.ZERO);
  }

  /** Keeps no more than {@code worst}, since more is known; never grows. */
  public void shrinkTo(Pico worst) {
    account.shrink(this, BigInteger.valueOf(worst.value()));
  }

  Map<Scope, Slice> slices() {
    return slices;
  }

  /** Under the account's lock. */
  BigInteger amount() {
    return amount;
  }

  /** Under the account's lock. */
  void amount(BigInteger less) {
    amount = less;
  }

  /** Under the account's lock: whether this call ends it. */
  boolean end() {
    boolean ends = open;
    open = false;
    return ends;
  }

  boolean isOpen() {
    return open;
  }

  private long lease(Scope scope) {
    Slice slice = slices.get(scope);
    return slice == null ? 0 : slice.leaseId();
  }
}
