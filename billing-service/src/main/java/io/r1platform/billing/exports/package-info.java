/**
 * Files for finance, streamed from one snapshot. Invariant: a manifest exists only for a stream
 * that reached its end, and the same rows give the same bytes.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"money", "errors", "observability"})
package io.r1platform.billing.exports;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
