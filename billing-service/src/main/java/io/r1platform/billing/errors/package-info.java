/** What went wrong, once typed. Invariant: every failure a caller sees has a code and a cause. */
@NullMarked
@ApplicationModule(type = ApplicationModule.Type.OPEN, allowedDependencies = "observability")
package io.r1platform.billing.errors;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
