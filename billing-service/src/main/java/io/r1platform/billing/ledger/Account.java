package io.r1platform.billing.ledger;

import java.util.Locale;

/** Every account of a tenant. Its balance is debits less credits, in pico of its currency. */
public enum Account {
  /** Usage not yet invoiced: what the tenant owes without an invoice. */
  ACCRUED,
  /** What was earned; a credit, so its balance is negative. */
  REVENUE,
  /** Credit that was paid for and not yet used; owed to the tenant, so negative. */
  WALLET_PAID,
  /** Credit that was given and not yet used; negative. */
  WALLET_PROMO,
  /** Money that arrived. */
  CASH,
  /** What gifts cost. */
  PROMO_EXPENSE,
  /** Paid credit that expired unused, booked ahead on its day of expiry; negative. */
  BREAKAGE,
  /** Invoiced and not paid; negative is money paid ahead of its invoice. */
  RECEIVABLE,
  /** Tax owed; negative. */
  TAX_PAYABLE,
  /** What rounding an invoice to minor units leaves. */
  ROUNDING;

  /** As the store has it. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Account of(String code) {
    return valueOf(code.toUpperCase(Locale.ROOT));
  }
}
