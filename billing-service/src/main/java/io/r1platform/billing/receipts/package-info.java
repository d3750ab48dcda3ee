/**
 * The log of receipts: every usage record is a leaf of one RFC 6962 tree, whose checkpoints are
 * signed and public.
 *
 * <p>Invariant: there is one checkpoint for each size, each continues all smaller ones, and ingest
 * waits for none of it.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"prices", "questions", "errors", "observability"})
package io.r1platform.billing.receipts;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
