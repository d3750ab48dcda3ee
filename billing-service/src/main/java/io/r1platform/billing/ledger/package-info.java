/**
 * Double entry: accounts, journals, entries, sums by day. Accounts are per tenant. {@code accrued}
 * (debit) is usage not yet invoiced, {@code revenue} (credit) is what was earned.
 *
 * <p>Invariant: every journal balances per currency and day, and nothing posted ever changes; a
 * journal's id comes from what it records, so posting it twice is refused by the store.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"money", "errors", "observability"})
package io.r1platform.billing.ledger;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
