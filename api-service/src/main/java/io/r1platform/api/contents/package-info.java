/**
 * Prompts and answers of the projects that want them kept. Invariants: nothing is stored for a
 * project that did not opt in before the request began, nothing in clear, and nothing is shown but
 * to a key of its project and to its people, whose views are in the audit trail.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "keys",
      "idempotency",
      "metering",
      "statements",
      "errors",
      "observability"
    })
package io.r1platform.api.contents;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
