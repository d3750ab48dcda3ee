/**
 * What an administrator sees and does, as {@code /admin/api/**}, and the console's files.
 * Invariant: every route asks {@link io.r1platform.api.security.Access} first, and every change
 * leaves its audit row in the same transaction.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "tenants",
      "keys",
      "limits",
      "contents",
      "people",
      "security",
      "sessions",
      "audit",
      "billing",
      "metering",
      "requests",
      "prices",
      "upstreams",
      "replies",
      "errors"
    })
package io.r1platform.api.console;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
