/**
 * Organizations and their projects. Invariant: a project belongs to one organization for ever, so
 * whoever pays for a key never changes.
 */
@NullMarked
@ApplicationModule(allowedDependencies = "errors")
package io.r1platform.api.tenants;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
