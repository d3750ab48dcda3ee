/**
 * Tokens and certificates that this service shows to others. Invariant: a token is read from a
 * file, never logged.
 */
@NullMarked
@ApplicationModule(type = ApplicationModule.Type.OPEN)
package io.r1platform.api.credentials;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
