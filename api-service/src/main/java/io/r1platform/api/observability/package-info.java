/** What this service measures. Invariant: no tag names a tenant, key or request. */
@NullMarked
@ApplicationModule(type = ApplicationModule.Type.OPEN)
package io.r1platform.api.observability;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
