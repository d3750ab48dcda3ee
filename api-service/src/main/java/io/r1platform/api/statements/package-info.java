/**
 * What a tenant reads of its own money and usage: limits, balance, usage, costs. Invariant: every
 * question to billing names the caller's organization, and its project where a project has its own;
 * nothing that a caller sends can name another.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "keys",
      "billing",
      "idempotency",
      "holds",
      "limits",
      "metering",
      "money",
      "upstreams",
      "errors"
    })
package io.r1platform.api.statements;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
