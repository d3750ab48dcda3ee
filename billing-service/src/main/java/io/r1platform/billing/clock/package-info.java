/** The time that billing shares with the gateways. Invariant: it is PostgreSQL's. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.r1platform.billing.clock;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
