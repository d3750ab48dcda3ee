/**
 * Turns what the ledger has accrued into invoices and credit notes. Invariant: what an invoice's
 * lines add up to is what its journal takes from the ledger, to the pico; it is rounded once; what
 * is finalized never changes, and no number is missing.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {"ledger", "adjustments", "receipts", "pages", "errors", "observability"})
package io.r1platform.billing.invoices;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
