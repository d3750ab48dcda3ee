/**
 * What a caller is told when something goes wrong. Invariant: every error says what happened, what
 * was charged, and whether a repeat can help.
 */
@NullMarked
@ApplicationModule(type = ApplicationModule.Type.OPEN)
package io.r1platform.api.errors;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
