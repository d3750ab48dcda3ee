/**
 * The request log: a row for each finished request, for people. Invariant: nobody waits for it and
 * no money depends on it; when it cannot be written, rows are dropped and counted.
 */
@NullMarked
@ApplicationModule(allowedDependencies = "observability")
package io.r1platform.api.requests;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
