package io.r1platform.billing.invoices;

import org.jspecify.annotations.Nullable;

/**
 * What keeps an invoice from being finalized.
 *
 * @param code what it is
 * @param what what is the matter, for people
 * @param waiver why a person set it aside; null: nobody did
 */
record Blocker(Code code, String what, @Nullable String waiver) {
  /** Every blocker. */
  enum Code {
    /** Late usage still gets onto it. */
    GRACE(true),
    /** A gateway has not said all of the month. */
    STREAM(true),
    /** Records or receipts are held and nobody has decided. */
    HELD(true),
    /** A day was not compared since it changed, or differs. */
    RECONCILIATION(true),
    /** The conservation law was not asked since the month's end, or is broken. */
    LAW(true),
    /** Nobody said whom to bill. */
    PROFILE(true),
    /** An earlier month is not finalized. */
    EARLIER(false),
    /** Its lines are not what the ledger says is due. */
    LEDGER(false);

    private final boolean waivable;

    Code(boolean waivable) {
      this.waivable = waivable;
    }

    boolean isWaivable() {
      return waivable;
    }
  }

  boolean blocks() {
    return waiver == null || !code.isWaivable();
  }
}
