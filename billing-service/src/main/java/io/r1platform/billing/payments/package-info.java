/**
 * Payment providers report money that arrived; each event moves it once. A provider is one class
 * behind {@link io.r1platform.billing.payments.PaymentProvider}.
 *
 * <p>Invariant: nothing moves before its provider vouches for it by signature and time, and one
 * event id moves money once, however often it is sent.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"credit", "webhooks", "errors", "observability"})
package io.r1platform.billing.payments;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
