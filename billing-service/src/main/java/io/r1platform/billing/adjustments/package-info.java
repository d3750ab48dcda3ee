/**
 * What is charged or given back beside requests: corrected prices, tiers, minimum commitments.
 * Invariant: nothing that was charged changes; what an adjustment is now is what its journals add
 * up to, and doing a command or a job again posts nothing.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {"prices", "ledger", "pages", "money", "errors", "observability"})
package io.r1platform.billing.adjustments;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
