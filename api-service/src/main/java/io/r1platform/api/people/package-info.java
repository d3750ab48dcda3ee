/**
 * Who may do what: people and machines, their roles, what a role permits. Invariant: whoever has no
 * role that permits something may not do it, and a role holds in its organization or project only.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"tenants", "errors"})
package io.r1platform.api.people;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
