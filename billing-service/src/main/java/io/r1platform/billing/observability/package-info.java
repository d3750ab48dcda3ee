/** Names of what is measured. Invariant: no tenant, key or request id is ever a metric's tag. */
@NullMarked
@ApplicationModule(
    type = ApplicationModule.Type.OPEN,
    allowedDependencies = {})
package io.r1platform.billing.observability;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
