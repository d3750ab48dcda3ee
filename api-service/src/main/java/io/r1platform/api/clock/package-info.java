/** The time that all replicas share. Invariant: it is PostgreSQL's, not this machine's. */
@NullMarked
@ApplicationModule(allowedDependencies = "database")
package io.r1platform.api.clock;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
