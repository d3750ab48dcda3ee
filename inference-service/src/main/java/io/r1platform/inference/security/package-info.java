/** Who may call. Invariant: without a token of the file nothing but the probes answers. */
@NullMarked
@ApplicationModule(allowedDependencies = "errors")
package io.r1platform.inference.security;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
