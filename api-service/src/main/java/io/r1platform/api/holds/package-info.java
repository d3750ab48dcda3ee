/**
 * Budget slices leased from billing, and the worst case held of them for each open request.
 * Invariant: of a lease, charged + held + returned never exceeds what billing granted.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "keys",
      "money",
      "prices",
      "metering",
      "billing",
      "errors",
      "observability"
    })
package io.r1platform.api.holds;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
