/**
 * Tells billing what projects and API keys are called. Invariant: whoever was away meanwhile, at
 * last billing has the newest name of each; a name is in no log.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"billing", "observability"})
package io.r1platform.api.names;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
