/**
 * Bounds what tenants ask. Invariant: whatever they ask, most connections are left to leases and
 * usage.
 */
@NullMarked
@ApplicationModule(allowedDependencies = "errors")
package io.r1platform.billing.questions;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
