/**
 * Amounts of money. Invariant: an amount is an exact integer of pico-dollars, or it is an error.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.r1platform.api.money;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
