/**
 * Who may still spend what: budgets, their periods, the leases that gateways take of them, and
 * alerts. The rules between gateway and billing are in {@code docs/protocols/leases.md}.
 *
 * <p>Invariant: spent + leased never exceeds a hard limit, and leased is the sum of what each lease
 * was granted and has neither spent nor returned. Locks are taken in one order: periods by id, then
 * leases by id, then the organization's version.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"pages", "money", "errors", "observability", "webhooks"})
package io.r1platform.billing.budgets;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
