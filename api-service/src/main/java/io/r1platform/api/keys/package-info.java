/**
 * Who calls with which API key, and what the key opens. Invariants: a secret is shown once and
 * never stored, only its hash; a revocation or change holds on every replica within a second, or
 * the replica refuses.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"tenants", "errors"})
package io.r1platform.api.keys;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
