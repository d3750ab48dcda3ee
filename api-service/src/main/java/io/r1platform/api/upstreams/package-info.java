/** Models and the servers behind them. Invariant: a model without a server is not served. */
@NullMarked
@ApplicationModule(
    allowedDependencies = {"credentials", "errors", "idempotency", "observability", "prices"})
package io.r1platform.api.upstreams;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
