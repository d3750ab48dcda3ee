/** The model this process serves. Invariant: a card exists if and only if the engine is ready. */
@NullMarked
@ApplicationModule(allowedDependencies = {"errors", "observability"})
package io.r1platform.inference.models;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
