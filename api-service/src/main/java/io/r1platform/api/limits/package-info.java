/**
 * Requests and tokens a minute, requests at once and requests that wait, at organization, project
 * and key, each also for one model. Invariant: replicas together never let in more than the
 * tightest limit has room for; what they share is leased from PostgreSQL in slices.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"keys", "metering", "errors", "observability"})
package io.r1platform.api.limits;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
