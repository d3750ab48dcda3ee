/**
 * Makes the bundle of each finalized invoice, which its organization checks without us, keeps it
 * and hands it out, and tells an organization which invoices it was sent and which have one.
 * Invariant: a bundle is made once and stays the same bytes; what the log would have to take back
 * is not said to it.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "documents",
      "invoices",
      "receipts",
      "questions",
      "pages",
      "errors",
      "observability"
    })
package io.r1platform.billing.bundles;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
