/** Who calls with which API key. Invariant: a secret is never stored, only its hash. */
@NullMarked
@ApplicationModule
package io.r1platform.api.keys;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
