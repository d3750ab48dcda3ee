/** The way to billing-service. Invariant: every call has a time limit and our token. */
@NullMarked
@ApplicationModule(allowedDependencies = {"credentials", "errors", "observability"})
package io.r1platform.api.billing;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
