/** Amounts. Invariant: integers of a pico-dollar, exact or an exception, never rounded here. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.r1platform.billing.money;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
