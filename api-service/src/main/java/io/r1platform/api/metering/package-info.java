/**
 * What happened to each request, on disk. Invariant: an event has one ADMIT and at most one FINAL,
 * and FINALs are numbered without gap in each (replica, epoch).
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "keys",
      "prices",
      "money",
      "billing",
      "clock",
      "database",
      "errors",
      "observability"
    })
package io.r1platform.api.metering;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
