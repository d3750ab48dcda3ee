/**
 * What was charged, in the columns of FOCUS 1.4. Invariant: the rows of a month add up to what
 * ledger and invoices say of it, to the pico; a cost is its unit price times its quantity.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"exports", "invoices"})
package io.r1platform.billing.focus;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
