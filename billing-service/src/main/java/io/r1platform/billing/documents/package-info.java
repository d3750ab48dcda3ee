/**
 * Makes documents of finalized invoices and sends them. Invariant: a document is made once and
 * stays the same bytes; what was delivered is never sent again.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {"invoices", "webhooks", "questions", "errors", "observability"})
package io.r1platform.billing.documents;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
