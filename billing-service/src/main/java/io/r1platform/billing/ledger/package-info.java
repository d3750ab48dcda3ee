/**
 * Double entry: accounts, journals, entries, sums by day; what each account means and what a retry
 * may assume is in {@code docs/ledger.md}. Accounts are per tenant and currency.
 *
 * <p>Invariant: every journal balances per currency and day, and nothing posted ever changes; a
 * journal's id comes from what it records, so posting it twice is a no-op or an error. A correction
 * is a reversal, once at most, and a new journal.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"money", "errors", "observability"})
package io.r1platform.billing.ledger;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
