/** How much memory this process can still take. Invariant: never more than the kernel would give. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.r1platform.inference.memory;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
