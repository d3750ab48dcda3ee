/**
 * The models this process serves. Invariants: names and numbers are unique; a model has a card for
 * requests if and only if its engine is ready.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"errors", "observability"})
package io.r1platform.inference.models;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
