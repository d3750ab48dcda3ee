package io.r1platform.billing.ledger;

import java.math.BigInteger;
import java.time.LocalDate;

/**
 * An amount from one account of a tenant to another: balanced, since it has both sides.
 *
 * @param tenantId whose accounts
 * @param currency ISO 4217
 * @param day the UTC day it takes effect; may lie ahead
 * @param debit what grows
 * @param credit what falls
 * @param amount pico of the currency, more than 0
 */
public record Transfer(
    long tenantId,
    String currency,
    LocalDate day,
    Account debit,
    Account credit,
    BigInteger amount) {
  /** Checks the amount and the sides. */
  public Transfer {
    if (amount.signum() <= 0 || debit == credit) {
      throw new IllegalArgumentException(
          "no transfer: %s from %s to %s".formatted(amount, credit, debit));
    }
  }
}
