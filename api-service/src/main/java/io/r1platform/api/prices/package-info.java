/**
 * What a token costs. Invariant: a request is charged at the one version that held when it was
 * admitted; without one it is refused.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"money", "billing", "errors", "observability"})
package io.r1platform.api.prices;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
