/**
 * The engines, one for each model, and the one thread that polls each. Invariant: every accepted
 * request ends in exactly one {@code Ended}, after its receipt is durable or known not to be.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "models",
      "checkpoints",
      "memory",
      "receipts",
      "queue",
      "errors",
      "observability"
    })
package io.r1platform.inference.generation;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
