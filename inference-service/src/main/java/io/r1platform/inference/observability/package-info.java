/** Names of meters, in one place. Invariant: no tenant, key or request id is ever a tag. */
@NullMarked
@ApplicationModule(type = ApplicationModule.Type.OPEN)
package io.r1platform.inference.observability;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
