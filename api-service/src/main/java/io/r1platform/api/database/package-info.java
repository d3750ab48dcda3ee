/** The connections that metering keeps for itself. Invariant: nothing else borrows them. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.r1platform.api.database;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
