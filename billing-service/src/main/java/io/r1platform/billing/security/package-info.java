/** Who may call. Invariant: no path is open unless it is named here. */
@NullMarked
@ApplicationModule(allowedDependencies = {"errors", "observability"})
package io.r1platform.billing.security;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
