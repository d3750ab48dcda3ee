/**
 * Who changed what. Invariant: a row commits with the change it tells of or not at all, is never
 * altered, is chained to the row before it, and holds no secret.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"errors", "observability"})
package io.r1platform.api.audit;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
