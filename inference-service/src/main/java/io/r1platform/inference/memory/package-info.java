/** How much memory is still free. Invariant: never more than the kernel says. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.r1platform.inference.memory;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
