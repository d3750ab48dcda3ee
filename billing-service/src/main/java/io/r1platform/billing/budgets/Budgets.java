package io.r1platform.billing.budgets;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * What other modules do with budgets. Everything happens in the caller's transaction, which must
 * exist, and is undone with it.
 */
@Component
public class Budgets {
  private final Settlement settlement;
  private final Credit credit;
  private final Leases leases;
  private final Returns returns;

  Budgets(Settlement settlement, Credit credit, Leases leases, Returns returns) {
    this.settlement = settlement;
    this.credit = credit;
    this.leases = leases;
    this.returns = returns;
  }

  /**
   * Turns what was leased into what was spent, for posted requests. To be the last thing in a
   * transaction, since it locks what gateways lease from. A charge without a lease counts as well.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void settle(Collection<Charge> charges) {
    settlement.settle(charges);
  }

  /**
   * Keeps gateways from leasing under an epoch until the transaction ends. To be called before the
   * stream is locked for closing.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void lockEpoch(long replica, int epoch) {
    leases.lockEpoch(new Leases.Holder(replica, epoch), false);
  }

  /**
   * Returns the rest of all leases of an epoch, once its stream is closed and all of it taken; what
   * its held records may yet cost stays reserved.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void closeEpoch(long replica, int epoch) {
    returns.all(new Leases.Holder(replica, epoch));
  }

  /**
   * Returns what stayed reserved for a held record that was rejected; the record must be marked so.
   * Where the epoch of its leases is open still, it returns when that is closed.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void reject(LeaseIds ids) {
    for (Leases.Holder holder : leases.holders(ids)) {
      leases.lockEpoch(holder, false);
      if (leases.closed(holder)) {
        returns.all(holder);
      }
    }
  }

  /**
   * Raises or lowers what an organization may spend in all. A new organization begins, postpaid, at
   * the default credit limit. Lowering takes the free part at once, the rest as leases return; what
   * is spent stays spent. The caller sees to it that a command is done once.
   *
   * @param currency of the account, ISO 4217
   * @param delta pico of the currency; negative lowers
   * @param until when part of the new limit ends: a lease is good until then, and {@link
   *     CreditEnded} follows when the next is asked for; null: never
   * @param reason for the record
   * @throws io.r1platform.billing.errors.ServiceException {@code invalid_request} if the account is
   *     in another currency
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void changeCredit(
      long organization,
      String currency,
      BigInteger delta,
      @Nullable Instant until,
      String reason) {
    credit.change(organization, currency, delta, until, reason);
  }

  /**
   * Keeps others from moving an organization's credit until the transaction ends, so that a new
   * limit can be computed from what they have committed. Comes after all that the transaction posts
   * to the ledger; usage and leases do not wait for it.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void lockCredit(long organization) {
    credit.lock(organization);
  }

  /** Whether an organization has credit: it asked for room once, or its credit was asked for. */
  public boolean hasCredit(long organization) {
    return credit.exists(organization);
  }

  /** What an organization may spend in all, has spent, and has out on lease. */
  @Transactional(propagation = Propagation.MANDATORY)
  public CreditState credit(long organization) {
    return credit.state(organization);
  }
}
