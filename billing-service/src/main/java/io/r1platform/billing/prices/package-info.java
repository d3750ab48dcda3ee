/**
 * What a token costs. Invariant: a published version never changes, so a request can be rated again
 * by the hash it was admitted under, for ever, with the same result.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"pages", "money", "errors", "observability"})
package io.r1platform.billing.prices;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
