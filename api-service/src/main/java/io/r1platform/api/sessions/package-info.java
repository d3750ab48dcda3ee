/**
 * Operators' logins and the browser sessions that follow. Invariant: a session id is new at every
 * login, is stored only as a hash, and dies after 30 idle minutes or 12 hours on every replica.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"people", "audit", "errors"})
package io.r1platform.api.sessions;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
