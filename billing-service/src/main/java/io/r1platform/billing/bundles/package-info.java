/**
 * Makes the bundle of each finalized invoice, which its organization checks without us, keeps it
 * and hands it out. Invariant: a bundle is made once and stays the same bytes; what the log would
 * have to take back is not said to it.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"documents", "receipts", "errors", "observability"})
package io.r1platform.billing.bundles;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
