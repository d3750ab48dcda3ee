/**
 * Batches: many requests in a file, run when there is room. Invariant: a line has one result and is
 * charged once at most; it runs again only where the journal says that it was not charged.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "keys",
      "files",
      "idempotency",
      "metering",
      "relay",
      "prices",
      "statements",
      "errors",
      "observability"
    })
package io.r1platform.api.batches;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
