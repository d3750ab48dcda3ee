/**
 * What an organization paid ahead or was given, and how usage draws it: promotional before paid,
 * then by priority, expiry and id. How money arrives is a command with an id, done once.
 *
 * <p>Invariant: what is left of the grants is what the ledger's wallets owe, to the pico, and no
 * grant is ever overdrawn. Grants are locked in the order of their ids.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {"ledger", "budgets", "pages", "money", "errors", "observability"})
package io.r1platform.billing.credit;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
