/**
 * What can go wrong and how a client reads it. Invariant: every refusal has one code of one enum.
 */
@NullMarked
@ApplicationModule(type = ApplicationModule.Type.OPEN)
package io.r1platform.inference.errors;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
