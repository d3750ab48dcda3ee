package io.r1platform.billing.receipts;

import java.time.LocalDate;
import java.time.YearMonth;
import org.jspecify.annotations.Nullable;

/**
 * Which usage an invoice bills: what the ledger dates up to its month and the log had when it was
 * finalized, less what the invoice before it bills. So what came late for one is in the next, and
 * no record is in two.
 *
 * @param month UTC; a record that was confirmed late is dated by that
 * @param currency ISO 4217
 * @param logSize of the log when the invoice was finalized: records from there on are later ones'
 * @param earlier month of the finalized invoice before; null: there is none
 * @param earlierSize its {@code logSize}; null: nobody noted it, and it has all of its months
 */
public record BilledUsage(
    long organization,
    YearMonth month,
    String currency,
    long logSize,
    @Nullable YearMonth earlier,
    @Nullable Long earlierSize) {

  /** The first day after its month. */
  LocalDate end() {
    return month.plusMonths(1).atDay(1);
  }

  /** The first day of which nothing was billed before; null: there is none. */
  @Nullable LocalDate begin() {
    return earlier == null ? null : earlier.plusMonths(1).atDay(1);
  }
}
