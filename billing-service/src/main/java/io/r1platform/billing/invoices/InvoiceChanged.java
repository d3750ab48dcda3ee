package io.r1platform.billing.invoices;

/**
 * Published in the transaction that did it.
 *
 * @param invoiceId of an invoice or credit note
 * @param organization whose
 * @param what what happened
 */
public record InvoiceChanged(long invoiceId, long organization, What what) {
  /** What happened. */
  public enum What {
    /** It was finalized. */
    FINALIZED,
    /** It was made void. */
    VOID
  }
}
