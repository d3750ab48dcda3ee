/**
 * Who may come in, and as whom. Invariant: what no chain allows by name is refused, and nothing
 * here blocks an event loop.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "people",
      "tenants",
      "audit",
      "keys",
      "sessions",
      "idempotency",
      "replies",
      "errors",
      "observability"
    })
package io.r1platform.api.security;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
