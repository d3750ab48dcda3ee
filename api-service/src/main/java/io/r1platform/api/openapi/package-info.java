/**
 * The description of the tenant API, written by hand in {@code openapi.json}. Invariant: it has
 * every route that tenants have and no other, and every code that they can meet.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.r1platform.api.openapi;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
