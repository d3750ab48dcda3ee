/**
 * Compares what the engine generated with what was charged and posted, request by request.
 * Invariant: a difference is explained by the published charging rule, or it is named.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"money", "pages", "errors", "observability"})
package io.r1platform.billing.reconciliation;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
