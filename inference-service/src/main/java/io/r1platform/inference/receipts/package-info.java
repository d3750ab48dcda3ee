/**
 * What the engine generated, durable and shipped to billing. Invariant: the sequence of an instance
 * has no gap and no row changes.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"security", "errors", "observability"})
package io.r1platform.inference.receipts;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
