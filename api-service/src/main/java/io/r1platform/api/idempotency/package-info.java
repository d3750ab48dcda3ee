/**
 * Requests that may be sent again under their key. Invariant: of all requests with one key of one
 * project and path one at most runs at a time, and none after one that was charged, for a day.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"metering", "prices", "money", "errors"})
package io.r1platform.api.idempotency;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
