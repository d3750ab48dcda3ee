/**
 * Files for finance, of one snapshot each. Invariant: a manifest exists only beside files that hold
 * exactly what the database said, and the same rows give the same bytes.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"money", "errors", "observability", "pages"})
package io.r1platform.billing.exports;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
