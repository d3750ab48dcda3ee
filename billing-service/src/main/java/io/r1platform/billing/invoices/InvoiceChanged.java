package io.r1platform.billing.invoices;

import java.time.YearMonth;

/**
 * Published in the transaction that did it.
 *
 * @param invoiceId of an invoice or credit note
 * @param organization whose
 * @param month the UTC month it closes
 * @param what what happened
 */
public record InvoiceChanged(long invoiceId, long organization, YearMonth month, What what) {
  /** What happened. */
  public enum What {
    /** It was finalized. */
    FINALIZED,
    /** It was made void. */
    VOID
  }
}
