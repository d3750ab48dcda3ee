/**
 * Takes usage from gateways and receipts from engines, at least once on the wire and exactly once
 * in the store: dedupe, hourly sums, ledger and stream position commit together or not at all.
 *
 * <p>Invariant: a record once taken never changes, and what cannot be posted is held, never
 * dropped.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "prices",
      "ledger",
      "budgets",
      "credit",
      "retention",
      "pages",
      "receipts",
      "money",
      "errors",
      "observability"
    })
package io.r1platform.billing.usage;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
