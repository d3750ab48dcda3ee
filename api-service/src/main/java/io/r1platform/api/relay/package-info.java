/**
 * Completions, with and without a client: admit, pass bytes, finish once. Invariant: no byte of an
 * answer leaves before its ADMIT is durable, no usage before its FINAL is.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "keys",
      "prices",
      "metering",
      "holds",
      "limits",
      "requests",
      "statements",
      "idempotency",
      "contents",
      "upstreams",
      "money",
      "credentials",
      "errors",
      "observability"
    })
package io.r1platform.api.relay;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
